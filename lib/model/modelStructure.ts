import { OptionError } from '../errors/errors.js';
import { suggestion } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { functionOf, textOf, trueOrFalse, wholeNumber } from '../errors/optionValues.js';
import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import { elements } from '../layers/shape.js';
import type { SymbolicTensor } from '../layers/symbolicTensor.js';
import { resolveBackend, type ResolvedBackend } from './backend.js';
import { backendOptionNames, type BackendOptions } from './backendOptions.js';
import type { ModelGraph } from './graph.js';
import { summarize, type SummaryData } from './summaryData.js';
import { summaryFormat } from './summaryFormat.js';
import { summaryLines } from './summaryText.js';
import { functionalTopology, type ModelTopology } from './topology.js';
import type { Trainability } from './trainability.js';
import type { InputSlot } from './trainable.js';

/** Options that every model has. */
export interface ModelOptions extends BackendOptions {
  /** Default 'model' or 'sequential'. */
  readonly name?: string;
  /**
   * Of first weights, dropout and shuffling: a whole number in [0, 2^53), default 0. Equal seeds
   * give equal runs.
   */
  readonly seed?: number;
}

export const modelOptionNames: Readonly<Record<keyof ModelOptions, true>> = {
  ...backendOptionNames,
  name: true,
  seed: true,
};

/** A weight of a model. */
export interface WeightInfo {
  /** 'conv1/kernel'. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether gradients change it: false when frozen, and for moving averages. */
  readonly trainable: boolean;
  /** The number of values. */
  readonly count: number;
}

function checkedModelName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new OptionError(`name is ${shown(name)}; expected a text`, { place: 'model' });
}

/** The layers of a model and how they are connected. */
export abstract class ModelStructure {
  readonly name: string;
  readonly seed: number;
  protected readonly resolvedBackend: ResolvedBackend;
  #graph: ModelGraph | undefined;
  #trainable = true;

  protected constructor(defaultName: string, options: ModelOptions) {
    this.name = checkedModelName(options.name ?? defaultName);
    this.resolvedBackend = resolveBackend(this.place, options);
    this.seed = wholeNumber(this.place, 'seed', options.seed ?? 0, 0);
  }

  /** "model 'alexnet'", as errors name it. */
  get place(): string {
    return `model '${this.name}'`;
  }

  /** The backend in use: 'cpu', 'cuda:0' or 'reference'. */
  get backend(): string {
    return this.resolvedBackend.name;
  }

  /**
   * false freezes all weights, from the next compile() on. Setting it sets it for every layer; after
   * that, a layer set to false stays frozen whatever the model's is, and one set to true trains only
   * while the model's is true. Default true. ERR_OPTION unless true or false.
   */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = trueOrFalse(this.place, 'trainable', value);
    for (const layer of this.#graph?.layers ?? []) layer.trainable = value;
  }

  protected get trainability(): Trainability {
    const { graph, trainable } = this;
    return { graph, trainable };
  }

  protected get graph(): ModelGraph {
    if (this.#graph === undefined) {
      throw new OptionError('it has no layers; add them first', { place: this.place });
    }
    return this.#graph;
  }

  protected set graph(graph: ModelGraph) {
    this.ownLayers(graph.layers);
    this.#graph = graph;
  }

  /** Called with all layers of the model, also when some were added. */
  protected abstract ownLayers(layers: readonly Layer[]): void;

  /** Whether inputs stand among `layers` and in the summary. */
  protected readonly listsInputs: boolean = true;

  /** In Keras's order. */
  get layers(): readonly Layer[] {
    const { layers } = this.graph;
    return this.listsInputs ? layers : layers.filter((layer) => !(layer instanceof InputLayer));
  }

  /** One symbolic tensor for each input. */
  get inputs(): readonly SymbolicTensor[] {
    return this.graph.inputs;
  }

  /** One symbolic tensor for each output. */
  get outputs(): readonly SymbolicTensor[] {
    return this.graph.outputs;
  }

  /** Names and shapes of the inputs, without the batch axis. */
  get inputSlots(): readonly InputSlot[] {
    return this.inputs.map(({ name, sampleShape }) => ({ name, shape: sampleShape }));
  }

  /** Names of the outputs: each its layer's, with a number when the layer gives several. */
  get outputNames(): readonly string[] {
    const names = new Set<string>();
    const counts = new Map<string, number>();
    for (const { name } of this.outputs) {
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
    const found =
      typeof nameOrIndex === 'number'
        ? layers[nameOrIndex]
        : layers.find(({ name }) => name === nameOrIndex);
    if (found !== undefined) return found;
    if (typeof nameOrIndex === 'number') {
      throw new OptionError(`no layer ${nameOrIndex}; there are ${layers.length}, from 0`, {
        place: this.place,
      });
    }
    textOf(this.place, 'name', nameOrIndex);
    const names = layers.map(({ name }) => name);
    const hint = suggestion(nameOrIndex, names);
    throw new OptionError(
      `no layer ${shown(nameOrIndex)}${hint || '.'} Layers: ${names.join(', ')}`,
      {
        place: this.place,
      },
    );
  }

  /** The weights in Keras's order: by layer; kernel, bias; gamma, beta, moving averages. */
  get weights(): readonly WeightInfo[] {
    return this.graph.layers.flatMap((layer) =>
      layer.weights.map(({ name, shape, trainable }) => ({
        name: `${layer.name}/${name}`,
        shape,
        trainable: trainable && layer.trainable && this.#trainable,
        count: elements(shape),
      })),
    );
  }

  /** The number of values in all weights. */
  countParams(): number {
    return this.weights.reduce((sum, { count }) => sum + count, 0);
  }

  /** What summary() prints, as data, with how each number of parameters comes about. */
  summaryData(): SummaryData {
    return summarize(this.name, this.trainability, this.listsInputs);
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

  /** The layers with their options; modelFromJSON() makes an equal model, with new weights. */
  toJSON(): ModelTopology {
    return functionalTopology(this.name, this.seed, this.trainability);
  }
}
