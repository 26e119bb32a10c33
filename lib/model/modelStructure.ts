import { OptionError } from '../errors/errors.js';
import { suggestion } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { functionOf, textOf, wholeNumber } from '../errors/optionValues.js';
import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import type { LayerWeight } from '../layers/layerOptions.js';
import { elements } from '../layers/shape.js';
import type { Applied } from '../layers/symbolicTensor.js';
import { resolveBackend, type ResolvedBackend } from './backend.js';
import { backendOptionNames, type BackendOptions } from './backendOptions.js';
import { leavesOf } from './leaves.js';
import { ModelLayer, type ModelLayerOptions } from './modelLayer.js';
import type { Sharing } from './sharing.js';
import { summarize, type SummaryData } from './summaryData.js';
import { summaryFormat } from './summaryFormat.js';
import { summaryLines } from './summaryText.js';

/** Options that every model has. */
export interface ModelOptions extends BackendOptions, ModelLayerOptions {
  /**
   * Of first weights, dropout and shuffling: a whole number in [0, 2^53), default 0. Equal seeds
   * give equal runs.
   */
  readonly seed?: number;
}

export const modelOptionNames: Readonly<Record<keyof ModelOptions, true>> = {
  ...backendOptionNames,
  name: true,
  trainable: true,
  seed: true,
};

/** A weight of a model. */
export interface WeightInfo extends LayerWeight {
  /** 'conv1/kernel'; 'base/conv1/kernel' within a model that is a layer of this one. */
  readonly name: string;
  /** Whether gradients change it: false when frozen, and for moving averages. */
  readonly trainable: boolean;
  /** The number of values. */
  readonly count: number;
}

/** The layers and weights of a model, by name and in order. */
export abstract class ModelStructure<Output extends Applied = Applied> extends ModelLayer<Output> {
  override readonly seed: number;
  protected readonly resolvedBackend: ResolvedBackend;

  protected constructor(className: string, kind: string, options: ModelOptions) {
    super(className, kind, options);
    this.resolvedBackend = resolveBackend(this.place, options);
    this.seed = wholeNumber(this.place, 'seed', options.seed ?? 0, 0);
  }

  /** The backend in use: 'cpu', 'cuda:0' or 'reference'. */
  get backend(): string {
    return this.resolvedBackend.name;
  }

  /** Whom the layers of the model are shared with. */
  protected abstract get sharing(): readonly Sharing[];

  /** Whether inputs stand among `layers` and in the summary. */
  protected readonly listsInputs: boolean = true;

  /** In Keras's order. */
  get layers(): readonly Layer[] {
    const { layers } = this.graph;
    return this.listsInputs ? layers : layers.filter((layer) => !(layer instanceof InputLayer));
  }

  /** Names of the outputs: each its layer's, with a number when the layer gives several. */
  get outputNames(): readonly string[] {
    const names = new Set<string>();
    const counts = new Map<string, number>();
    for (const { node } of this.outputs) {
      const name = this.graph.names.get(node.layer) ?? node.layer.name;
      let count = counts.get(name) ?? 0;
      const numbered = (): string => (count === 0 ? name : `${name}_${count}`);
      while (names.has(numbered())) ++count;
      names.add(numbered());
      counts.set(name, count + 1);
    }
    return [...names];
  }

  /** A layer by its name, or by its position in `layers`. ERR_OPTION when there is none. */
  getLayer(nameOrIndex: string | number): Layer {
    const { layers } = this;
    const nameOf = (layer: Layer): string => this.graph.names.get(layer) ?? layer.name;
    const found =
      typeof nameOrIndex === 'number'
        ? layers[nameOrIndex]
        : layers.find((layer) => nameOf(layer) === nameOrIndex);
    if (found !== undefined) return found;
    if (typeof nameOrIndex === 'number') {
      throw new OptionError(`no layer ${nameOrIndex}; there are ${layers.length}, from 0`, {
        place: this.place,
      });
    }
    textOf(this.place, 'name', nameOrIndex);
    const names = layers.map(nameOf);
    const hint = suggestion(nameOrIndex, names);
    throw new OptionError(
      `no layer ${shown(nameOrIndex)}${hint || '.'} Layers: ${names.join(', ')}`,
      {
        place: this.place,
      },
    );
  }

  /** The weights in Keras's order: by layer; kernel, bias; gamma, beta, moving averages. */
  override get weights(): readonly WeightInfo[] {
    return leavesOf(this.trainability).flatMap(({ layer, path, trains }) =>
      layer.weights.map((weight) => ({
        ...weight,
        name: `${path}/${weight.name}`,
        trainable: weight.trainable && trains,
        count: elements(weight.shape),
      })),
    );
  }

  /** Of `weights`, those that gradients change. */
  get trainableWeights(): readonly WeightInfo[] {
    return this.weights.filter(({ trainable }) => trainable);
  }

  /** Of `weights`, those that are frozen, and moving averages. */
  get nonTrainableWeights(): readonly WeightInfo[] {
    return this.weights.filter(({ trainable }) => !trainable);
  }

  /** What summary() prints, as data, with how each number of parameters comes about. */
  summaryData(): SummaryData {
    return summarize(this.name, this.trainability, this.weights, this.sharing, this.listsInputs);
  }

  /**
   * Prints Keras's table: layers, output shapes, numbers of parameters. `lineLength` in characters
   * (default: what the table needs), `positions` where columns end (shares of the line, or
   * characters), `printFn` takes each line (default: the console).
   */
  summary(
    lineLength?: number,
    positions?: readonly number[],
    printFn: (line: string) => void = (line) => {
      console.log(line);
    },
  ): void {
    const format = summaryFormat(lineLength, positions, this.listsInputs);
    functionOf('summary()', 'printFn', printFn, 'a line');
    for (const line of summaryLines(this.summaryData(), format)) printFn(line);
  }
}
