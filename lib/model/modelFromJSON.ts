import { FormatError } from '../errors/errors.js';
import { NodeCudnnError } from '../errors/nodeCudnnError.js';
import { shown } from '../errors/optionNames.js';
import type { Layer } from '../layers/layer.js';
import { layerFromConfig } from '../layers/registry.js';
import type { SymbolicTensor } from '../layers/symbolicTensor.js';
import type { BackendOptions } from './backendOptions.js';
import { Functional } from './functional.js';
import type { LayersModel } from './layersModel.js';
import { Sequential } from './sequential.js';
import type {
  FunctionalLayerConfig,
  FunctionalTopology,
  ModelTopology,
  SequentialTopology,
  TensorReference,
} from './topology.js';

// Every class of layers that is known to files is registered by this.
import '../layers/index.js';

const place = 'modelFromJSON()';

/** Where the model is to run. */
export type FromJSONOptions = BackendOptions;

function sequentialFrom({ config }: SequentialTopology, options: FromJSONOptions): LayersModel {
  const { name, seed, layers } = config;
  const list = layers.map((entry) => layerFromConfig(entry.className, entry.config));
  return new Sequential({ name, seed, layers: list, ...options });
}

/** Applies the layers of a saved model as soon as their inputs are there. */
class FunctionalBuilder {
  private readonly layers: ReadonlyMap<string, Layer>;
  private readonly outputs = new Map<string, SymbolicTensor>();

  constructor(private readonly config: FunctionalTopology['config']) {
    this.layers = new Map(
      config.layers.map(({ name, className, config: options }) => [
        name,
        layerFromConfig(className, options),
      ]),
    );
  }

  build(options: FromJSONOptions): LayersModel {
    const { name, seed, layers, inputLayers, outputLayers } = this.config;
    const waiting = new Set(layers);
    while (waiting.size > 0) {
      const before = this.outputs.size;
      for (const entry of waiting) {
        if (this.applyReady(entry)) waiting.delete(entry);
      }
      if (this.outputs.size === before && waiting.size > 0) this.throwStuck(waiting);
    }
    const find = (reference: TensorReference): SymbolicTensor => this.output(reference);
    return new Functional({
      name,
      seed,
      inputs: inputLayers.map(find),
      outputs: outputLayers.map(find),
      ...options,
    });
  }

  // Makes the uses of a layer whose inputs are known, in order; true when all are made.
  private applyReady({ name, inboundNodes }: FunctionalLayerConfig): boolean {
    const layer = this.layers.get(name);
    if (layer === undefined) throw new FormatError(`layer '${name}' is missing`, { place });
    if (inboundNodes.length === 0) this.outputs.set(`${name}/0`, layer.output);
    for (let use = 0; use < inboundNodes.length; ++use) {
      if (this.find([name, use]) !== undefined) continue;
      const inputs = (inboundNodes[use] ?? []).map((reference) => this.find(reference));
      const known = inputs.filter((input) => input !== undefined);
      if (known.length < inputs.length) return false;
      this.outputs.set(`${name}/${use}`, layer.apply(known));
    }
    return true;
  }

  private find([layer, use]: TensorReference): SymbolicTensor | undefined {
    return this.outputs.get(`${layer}/${use}`);
  }

  private output(reference: TensorReference): SymbolicTensor {
    const found = this.find(reference);
    if (found !== undefined) return found;
    throw new FormatError(`there is no output ${reference[1]} of a layer '${reference[0]}'`, {
      place,
    });
  }

  private throwStuck(waiting: ReadonlySet<FunctionalLayerConfig>): never {
    const names = [...waiting].map(({ name }) => `'${name}'`).join(', ');
    throw new FormatError(
      `the layers ${names} wait for one another, or for a layer that is not there`,
      { place },
    );
  }
}

function parsed(json: ModelTopology | string): unknown {
  if (typeof json !== 'string') return json;
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw new FormatError('it is no JSON', { place, cause });
  }
}

function isTopology(value: unknown): value is ModelTopology {
  if (typeof value !== 'object' || value === null || !('config' in value)) return false;
  const { config } = value;
  return typeof config === 'object' && config !== null && 'layers' in config;
}

function build(topology: ModelTopology, options: FromJSONOptions): LayersModel {
  if (topology.className === 'Sequential') return sequentialFrom(topology, options);
  const { className } = topology as { className: string };
  if (className === 'Model') return new FunctionalBuilder(topology.config).build(options);
  throw new FormatError(`className is ${shown(className)}; expected 'Sequential' or 'Model'`, {
    place,
  });
}

/**
 * The model that toJSON() described, with weights from its initializers. Takes the object or its
 * text. ERR_FORMAT when it is damaged, names an unknown class, or has a cycle.
 */
export function modelFromJSON(
  json: ModelTopology | string,
  options: FromJSONOptions = {},
): LayersModel {
  const topology = parsed(json);
  if (!isTopology(topology)) {
    throw new FormatError('expected {className, config: {layers, ...}}, as toJSON() makes it', {
      place,
    });
  }
  try {
    return build(topology, options);
  } catch (cause) {
    if (cause instanceof NodeCudnnError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`it is damaged: ${reason}`, { place, cause });
  }
}
