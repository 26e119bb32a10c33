import { OptionError, ShapeError } from '../errors/errors.js';
import { suggestion } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { functionOf, textOf, wholeNumber } from '../errors/optionValues.js';
import { InputLayer } from '../layers/inputLayer.js';
import { Layer, type LayerWeight } from '../layers/layer.js';
import type { LayerGraph, Trainability } from '../layers/layerGraph.js';
import { elements, shapeText, type SampleShape } from '../layers/shape.js';
import type { Applied, SymbolicTensor } from '../layers/symbolicTensor.js';
import { sameShape } from '../tensor/shapes.js';
import { resolveBackend, type ResolvedBackend } from './backend.js';
import { backendOptionNames, type BackendOptions } from './backendOptions.js';
import { leavesOf } from './leaves.js';
import { SavedLayers, type SavedModel } from './savedLayers.js';
import type { Sharing } from './sharing.js';
import { summarize, type SummaryData } from './summaryData.js';
import { summaryFormat } from './summaryFormat.js';
import { summaryLines } from './summaryText.js';
import { functionalTopology, type ModelTopology } from './topology.js';
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
export interface WeightInfo extends LayerWeight {
  /** 'conv1/kernel'; 'base/conv1/kernel' within a model that is a layer of this one. */
  readonly name: string;
  /** Whether gradients change it: false when frozen, and for moving averages. */
  readonly trainable: boolean;
  /** The number of values. */
  readonly count: number;
}

/**
 * The layers of a model and how they are connected. A model is a layer itself: it can be applied,
 * and added to another.
 */
export abstract class ModelStructure<Output extends Applied = Applied> extends Layer<Output> {
  readonly seed: number;
  protected readonly resolvedBackend: ResolvedBackend;
  #graph: LayerGraph | undefined;

  protected constructor(className: string, kind: string, options: ModelOptions) {
    const { name } = options;
    super(className, kind, name === undefined ? {} : { name }, { name: true });
    this.resolvedBackend = resolveBackend(this.place, options);
    this.seed = wholeNumber(this.place, 'seed', options.seed ?? 0, 0);
  }

  /** "model 'alexnet'", as errors name it. */
  override get place(): string {
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
  override get trainable(): boolean {
    return super.trainable;
  }

  override set trainable(value: boolean) {
    super.trainable = value;
    for (const layer of this.#graph?.layers ?? []) layer.trainable = value;
  }

  protected get trainability(): Trainability {
    const { graph, trainable } = this;
    return { graph, trainable };
  }

  override get nested(): Trainability {
    return this.trainability;
  }

  protected get graph(): LayerGraph {
    if (this.#graph !== undefined) return this.#graph;
    const graph = this.madeGraph();
    this.graph = graph;
    return graph;
  }

  protected set graph(graph: LayerGraph) {
    this.ownLayers(leavesOf({ graph, trainable: true }).map(({ layer }) => layer));
    this.#graph = graph;
  }

  /** The graph of a model that has none yet. */
  protected madeGraph(): LayerGraph {
    throw new OptionError('it has no layers; add them first', { place: this.place });
  }

  /** Whom the layers of the model are shared with. */
  protected abstract get sharing(): readonly Sharing[];

  /** Called with all layers of the model, also when some were added; models are taken apart. */
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

  /** The input, or a list of several. */
  override get input(): SymbolicTensor | readonly SymbolicTensor[] {
    const { inputs } = this;
    const [first] = inputs;
    return inputs.length === 1 && first !== undefined ? first : inputs;
  }

  /** The output, or a list of several. */
  override get output(): Output {
    return this.given(this.outputs);
  }

  /** Names and shapes of the inputs, without the batch axis. */
  get inputSlots(): readonly InputSlot[] {
    const { names } = this.graph;
    return this.inputs.map(({ node, name, sampleShape }) => ({
      name: names.get(node.layer) ?? name,
      shape: sampleShape,
    }));
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

  /** The layers with their options; modelFromJSON() makes an equal model, with new weights. */
  toJSON(): ModelTopology {
    const model = ModelStructure.saved(this);
    return model.topology(new SavedLayers(model, modelOf), this.trainable);
  }

  /** A model as what saves its layers sees it. */
  static saved(model: ModelStructure): SavedModel {
    return {
      layers: model.savedLayers,
      topology: (saved, trains) => model.topology(saved, trains),
    };
  }

  /** As they are saved: a layer of a stack may stand in it twice. */
  protected get savedLayers(): readonly Layer[] {
    return this.graph.layers;
  }

  protected topology(saved: SavedLayers, trains: boolean): ModelTopology {
    return functionalTopology(
      this.name,
      this.seed,
      { graph: this.graph, trainable: trains },
      saved,
    );
  }

  protected override get inputCount(): { readonly minimum: number; readonly maximum: number } {
    const { length } = this.inputs;
    return { minimum: length, maximum: length };
  }

  protected override outputShapesOf(inputs: readonly SampleShape[]): readonly SampleShape[] {
    inputs.forEach((shape, i) => {
      const { name = '', shape: expected = [] } = this.inputSlots[i] ?? {};
      if (sameShape(shape, expected)) return;
      throw new ShapeError(
        `its input '${name}' is ${shapeText(expected)}, and ${shapeText(shape)} came; make a model ` +
          'for that shape',
        { place: this.place },
      );
    });
    return this.outputs.map(({ sampleShape }) => sampleShape);
  }

  protected override outputShapeOf(inputs: readonly SampleShape[]): SampleShape {
    const [first = [], ...others] = this.outputShapesOf(inputs);
    if (others.length === 0) return first;
    throw new ShapeError('has several outputs; take the shape of each of `outputs`', {
      place: this.place,
    });
  }

  override lower(): number {
    // The model that it is a layer of lowers its graph: see lowerModel.
    throw new OptionError('a model is not lowered as a whole', { place: this.place });
  }

  /** Any text, as models could have before they could be layers. */
  protected override checkedName(name: unknown): string {
    if (typeof name === 'string' && name !== '') return name;
    throw new OptionError(`name is ${shown(name)}; expected a text`, { place: 'model' });
  }
}

function modelOf(layer: Layer): SavedModel | undefined {
  // Models alone have layers within.
  const model = layer as unknown as ModelStructure;
  return layer.nested === undefined ? undefined : ModelStructure.saved(model);
}
