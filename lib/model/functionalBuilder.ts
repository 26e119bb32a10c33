import { FormatError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import type { Applied, SymbolicTensor } from '../layers/symbolicTensor.js';
import type { BackendOptions } from './backendOptions.js';
import { Functional } from './functional.js';
import type { LayersModel } from './layersModel.js';
import {
  savedOptions,
  type FunctionalLayerConfig,
  type FunctionalTopology,
  type SequentialLayerConfig,
  type TensorReference,
} from './topology.js';

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

function listOfApplied(output: Applied): readonly SymbolicTensor[] {
  return isArray(output) ? output : [output];
}

/** Makes the uses of a saved model's layers, each as soon as what it needs is there. */
export class FunctionalBuilder {
  private readonly names = new Map<Layer, string>();
  private readonly outputs = new Map<string, readonly SymbolicTensor[]>();
  private readonly waiting = new Map<string, Use[]>();
  private readonly ready: Use[] = [];
  private readonly unmade = new Set<Use>();

  constructor(
    private readonly place: string,
    private readonly config: FunctionalTopology['config'],
    private readonly readLayer: (entry: SequentialLayerConfig) => Layer,
  ) {
    for (const entry of config.layers) this.addLayer(entry);
  }

  build(options: BackendOptions): LayersModel {
    for (const key of [...this.outputs.keys()]) this.arrived(key);
    // Uses without inputs, for their layer to refuse.
    for (let use = this.ready.pop(); use !== undefined; use = this.ready.pop()) this.make(use);
    if (this.unmade.size > 0) this.throwStuck();
    const { inputLayers, outputLayers } = this.config;
    const find = (reference: TensorReference): SymbolicTensor => this.output(reference);
    const inputs = inputLayers.map(find);
    const outputs = outputLayers.map(find);
    const given = { ...savedOptions(this.config), inputs, outputs, ...options };
    return new Functional(given, this.names);
  }

  private addLayer({ name, inboundNodes, ...entry }: FunctionalLayerConfig): void {
    const layer = this.readLayer({ ...entry, config: { ...entry.config, name } });
    this.names.set(layer, name);
    const isInput = layer instanceof InputLayer;
    if (isInput !== (inboundNodes.length === 0)) {
      const expected = isInput ? 'none, as data enters there' : 'at least one';
      throw new FormatError(
        `${layer.place} has ${inboundNodes.length} inboundNodes; expected ${expected}`,
        { place: this.place },
      );
    }
    if (isInput) this.outputs.set(keyOf([name, 0]), listOfApplied(layer.output));
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
    this.outputs.set(use.key, listOfApplied(use.layer.apply(inputs)));
    this.unmade.delete(use);
    this.arrived(use.key);
  }

  private output(reference: TensorReference): SymbolicTensor {
    const [layer, use, position = 0] = reference;
    const found = this.outputs.get(keyOf(reference))?.[position];
    if (found !== undefined) return found;
    const which = position === 0 ? '' : `${position} of use `;
    throw new FormatError(`there is no output ${which}${use} of a layer ${shown(layer)}`, {
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
