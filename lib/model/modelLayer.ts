import { OptionError, ShapeError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { Layer } from '../layers/layer.js';
import type { LayerGraph, Trainability } from '../layers/layerGraph.js';
import { shapeText, type SampleShape } from '../layers/shape.js';
import type { Applied, SymbolicTensor } from '../layers/symbolicTensor.js';
import { sameShape } from '../tensor/shapes.js';
import { leavesOf } from './leaves.js';
import { SavedLayers, type SavedModel } from './savedLayers.js';
import {
  functionalTopology,
  savedOptions,
  type ModelTopology,
  type TopologyOptions,
} from './topology.js';
import type { InputSlot } from './trainable.js';

/** Options that models have as layers. */
export interface ModelLayerOptions {
  /** Default 'model' or 'sequential'. */
  readonly name?: string;
  /**
   * false freezes all weights, as setting `trainable` does, but leaves what the layers themselves
   * say as it is. Default true.
   */
  readonly trainable?: boolean;
}

/**
 * A graph of layers as a layer: it can be applied, added to a stack, frozen and saved like any
 * other.
 */
export abstract class ModelLayer<Output extends Applied = Applied> extends Layer<Output> {
  /** Of first weights, dropout and shuffling. */
  abstract readonly seed: number;
  #graph: LayerGraph | undefined;

  protected constructor(className: string, kind: string, options: ModelLayerOptions) {
    const { name, trainable } = options;
    const given = { ...(name === undefined ? {} : { name }), trainable: trainable ?? true };
    super(className, kind, given, { name: true, trainable: true });
  }

  /** "model 'alexnet'", as errors name it. */
  override get place(): string {
    return `model '${this.name}'`;
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

  /** Called with all layers of the model, also when some were added; models are taken apart. */
  protected abstract ownLayers(layers: readonly Layer[]): void;

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

  /** The layers with their options; modelFromJSON() makes an equal model, with new weights. */
  toJSON(): ModelTopology {
    const model = ModelLayer.saved(this);
    return model.topology(new SavedLayers(model, modelOf));
  }

  /** A model as what saves its layers sees it. */
  static saved(model: ModelLayer): SavedModel {
    return {
      layers: model.savedLayers,
      topology: (saved) => model.topology(saved),
    };
  }

  /** As they are saved: a layer of a stack may stand in it twice. */
  protected get savedLayers(): readonly Layer[] {
    return this.graph.layers;
  }

  /** What every model's topology says of it. */
  protected get topologyOptions(): TopologyOptions {
    const { name, seed, trainable } = this;
    return savedOptions(trainable ? { name, seed } : { name, seed, trainable });
  }

  protected topology(saved: SavedLayers): ModelTopology {
    return functionalTopology(this.topologyOptions, this.graph, saved);
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
  const model = layer as unknown as ModelLayer;
  return layer.nested === undefined ? undefined : ModelLayer.saved(model);
}
