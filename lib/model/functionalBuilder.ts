import { FormatError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import { layerFromConfig } from '../layers/registry.js';
import type { SymbolicTensor } from '../layers/symbolicTensor.js';
import type { BackendOptions } from './backendOptions.js';
import { Functional } from './functional.js';
import type { LayersModel } from './layersModel.js';
import type { FunctionalLayerConfig, FunctionalTopology, TensorReference } from './topology.js';

/** One use of a layer that is still to be made. */
interface Use {
  readonly layer: Layer;
  /** Of its output. */
  readonly key: string;
  readonly inputs: readonly TensorReference[];
  /** How many of the inputs, and of the layer's use before, are not made yet. */
  missing: number;
}

function keyOf([layer, use]: TensorReference): string {
  return `${use}/${layer}`;
}

/** Makes the uses of a saved model's layers, each as soon as what it needs is there. */
export class FunctionalBuilder {
  private readonly outputs = new Map<string, SymbolicTensor>();
  private readonly waiting = new Map<string, Use[]>();
  private readonly ready: Use[] = [];
  private readonly unmade = new Set<Use>();

  constructor(
    private readonly place: string,
    private readonly config: FunctionalTopology['config'],
  ) {
    for (const entry of config.layers) this.addLayer(entry);
  }

  build(options: BackendOptions): LayersModel {
    for (const key of [...this.outputs.keys()]) this.arrived(key);
    // Uses without inputs, for their layer to refuse.
    for (let use = this.ready.pop(); use !== undefined; use = this.ready.pop()) this.make(use);
    if (this.unmade.size > 0) this.throwStuck();
    const { name, seed, inputLayers, outputLayers } = this.config;
    const find = (reference: TensorReference): SymbolicTensor => this.output(reference);
    return new Functional({
      name,
      seed,
      inputs: inputLayers.map(find),
      outputs: outputLayers.map(find),
      ...options,
    });
  }

  private addLayer({ name, className, config, inboundNodes }: FunctionalLayerConfig): void {
    const layer = layerFromConfig(className, { ...config, name });
    const isInput = layer instanceof InputLayer;
    if (isInput !== (inboundNodes.length === 0)) {
      const expected = isInput ? 'none, as data enters there' : 'at least one';
      throw new FormatError(
        `${layer.place} has ${inboundNodes.length} inboundNodes; expected ${expected}`,
        { place: this.place },
      );
    }
    if (isInput) this.outputs.set(keyOf([name, 0]), layer.output);
    inboundNodes.forEach((inputs, index) => {
      // The uses of a layer are made in order.
      const needs = index === 0 ? inputs : [...inputs, [name, index - 1] as const];
      const use: Use = { layer, key: keyOf([name, index]), inputs, missing: needs.length };
      this.unmade.add(use);
      if (needs.length === 0) this.ready.push(use);
      for (const need of needs) this.wait(keyOf(need), use);
    });
  }

  private wait(key: string, use: Use): void {
    const list = this.waiting.get(key);
    if (list === undefined) this.waiting.set(key, [use]);
    else list.push(use);
  }

  private arrived(key: string): void {
    for (const use of this.waiting.get(key) ?? []) {
      use.missing -= 1;
      if (use.missing === 0) this.ready.push(use);
    }
  }

  private make(use: Use): void {
    const inputs = use.inputs.map((reference) => this.output(reference));
    this.outputs.set(use.key, use.layer.apply(inputs));
    this.unmade.delete(use);
    this.arrived(use.key);
  }

  private output(reference: TensorReference): SymbolicTensor {
    const found = this.outputs.get(keyOf(reference));
    if (found !== undefined) return found;
    const [layer, use] = reference;
    throw new FormatError(`there is no output ${use} of a layer ${shown(layer)}`, {
      place: this.place,
    });
  }

  private throwStuck(): never {
    const names = [...new Set([...this.unmade].map(({ layer }) => `'${layer.name}'`))];
    const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
    throw new FormatError(
      `the layers ${names.slice(0, 10).join(', ')}${more} wait for one another, or for a layer ` +
        'that is not there',
      { place: this.place },
    );
  }
}
