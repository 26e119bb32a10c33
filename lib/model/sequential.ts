import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { listOf } from '../errors/lists.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { InputLayer } from '../layers/inputLayer.js';
import { Layer } from '../layers/layer.js';
import type { SymbolicTensor } from '../layers/symbolicTensor.js';
import { buildGraph } from './graph.js';
import { nameLayers } from './layerNames.js';
import { LayersModel } from './layersModel.js';
import { modelOptionNames, type ModelOptions } from './modelStructure.js';
import { layerConfig, type ModelTopology } from './topology.js';

export interface SequentialOptions extends ModelOptions {
  /** In order; more can follow with add(). */
  readonly layers?: readonly Layer[];
}

const optionNames: Readonly<Record<keyof SequentialOptions, true>> = {
  ...modelOptionNames,
  layers: true,
};

/** A stack of layers, each fed with the output of the one before. */
export class Sequential extends LayersModel {
  readonly #layers: Layer[] = [];
  #input: SymbolicTensor | undefined;
  #output: SymbolicTensor | undefined;

  constructor(options: SequentialOptions = {}) {
    checkOptionNames('sequential()', options, Object.keys(optionNames));
    super('sequential', options);
    const limits = { longest: 100_000, expected: 'an array of layers' };
    this.append(listOf(this.place, 'layers', options.layers ?? [], limits));
  }

  protected override readonly listsInputs = false;

  /**
   * Puts a layer on top. The first one needs inputShape, or is layers.inputLayer(). ERR_SHAPE when
   * it does not fit the layer before; ERR_OPTION once the model was compiled or used.
   */
  add(layer: Layer): void {
    if (this.isFixed) {
      throw new OptionError('layers cannot be added after compile() or the first use', {
        place: this.place,
      });
    }
    this.append([layer]);
  }

  override toJSON(): ModelTopology {
    const { name, seed, trainable } = this;
    const layers = this.#layers.map((layer) => layerConfig(layer, trainable));
    return {
      className: 'Sequential',
      config: { name, seed, layers },
    };
  }

  private append(list: readonly unknown[]): void {
    const added = list.map((layer, i) => this.checkedLayer(layer, i));
    // Before shapes are looked at, so that errors can name the layer.
    nameLayers(this.place, [...this.#layers, ...added]);
    for (const layer of added) {
      this.#output = this.applied(layer);
      this.#layers.push(layer);
    }
    if (this.#input !== undefined && this.#output !== undefined) {
      this.graph = buildGraph(this.place, [this.#input], [this.#output]);
    }
  }

  private checkedLayer(layer: unknown, position: number): Layer {
    if (!isInstance(layer, Layer)) {
      throw new OptionError(
        `layer ${this.#layers.length + position} is ${shown(layer)}; expected what layers.dense() ` +
          'and the like return',
        { place: this.place },
      );
    }
    return layer;
  }

  private applied(layer: Layer): SymbolicTensor {
    if (this.#output !== undefined) return layer.apply(this.#output);
    if (layer instanceof InputLayer) {
      this.#input = layer.output;
      return layer.output;
    }
    if (layer.givenInputShape === undefined) {
      throw new OptionError(
        'the first layer of a sequential model needs inputShape, the sizes of one sample',
        { place: layer.place },
      );
    }
    this.#input = new InputLayer({ inputShape: layer.givenInputShape }).output;
    return layer.apply(this.#input);
  }
}

/** A stack of layers: sequential({layers: [...]}). */
export function sequential(options?: SequentialOptions): Sequential {
  return new Sequential(options);
}
