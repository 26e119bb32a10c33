import { FormatError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';
import { layerFromConfig } from '../layers/registry.js';
import type { BackendOptions } from './backendOptions.js';
import { Functional } from './functional.js';
import { FunctionalBuilder } from './functionalBuilder.js';
import { deepestNesting } from './graph.js';
import type { LayersModel } from './layersModel.js';
import { checkedTopology } from './savedTopology.js';
import { Sequential } from './sequential.js';
import { savedOptions, type SequentialLayerConfig, type SequentialTopology } from './topology.js';

// Every class of layers that is known to files is registered by this.
import '../layers/index.js';

const modelClasses: readonly string[] = [Sequential.className, Functional.className];

/** Makes the layers of one file, each once, also where it stands in several places. */
export class LayerReader {
  private readonly shared = new Map<number, Layer>();
  private depth = 0;

  constructor(
    private readonly place: string,
    private readonly options: BackendOptions,
  ) {}

  /** The model of a topology; ERR_FORMAT for what is no topology. */
  model(value: unknown): LayersModel {
    this.depth += 1;
    if (this.depth > deepestNesting) {
      throw new FormatError(`its models are nested deeper than ${deepestNesting}`, {
        place: this.place,
      });
    }
    const topology = checkedTopology(this.place, value);
    const readLayer = (entry: SequentialLayerConfig): Layer => this.layer(entry);
    const made =
      topology.className === 'Sequential'
        ? this.sequential(topology)
        : new FunctionalBuilder(this.place, topology.config, readLayer).build(this.options);
    this.depth -= 1;
    return made;
  }

  private sequential({ config }: SequentialTopology): LayersModel {
    const names = new Map<Layer, string>();
    const layers = config.layers.map((entry) => {
      const layer = this.layer(entry);
      if (typeof entry.config.name === 'string') names.set(layer, entry.config.name);
      return layer;
    });
    return new Sequential({ ...savedOptions(config), layers, ...this.options }, names);
  }

  private layer({ className, config, shared }: SequentialLayerConfig): Layer {
    const known = shared === undefined ? undefined : this.shared.get(shared);
    if (known !== undefined) {
      if (known.className === className) return known;
      throw new FormatError(
        `a shared layer is of class ${known.className} here and ${className} there`,
        { place: this.place },
      );
    }
    const layer = modelClasses.includes(className)
      ? (this.model({ className, config }) as Layer)
      : layerFromConfig(className, config);
    if (shared !== undefined) this.shared.set(shared, layer);
    return layer;
  }
}
