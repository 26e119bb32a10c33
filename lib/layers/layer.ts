import { OptionError, ShapeError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { isArray, listOf } from '../errors/lists.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { trueOrFalse } from '../errors/optionValues.js';
import type { Tensor } from '../tensor/tensor.js';
import { sameShape } from '../tensor/shapes.js';
import { givenSampleShape } from './givenShape.js';
import { layerValues, type LayerValues } from './layerValues.js';
import type { LayerConfig, LayerOptions, LayerWeight } from './layerOptions.js';
import { countable, countableWeight } from './limits.js';
import type { LayerLowering } from './lowering.js';
import { elements, shapeText, withBatch } from './shape.js';
import type { BatchShape, SampleShape } from './shape.js';
import type { Trainability } from './layerGraph.js';
import { addNode, SymbolicTensor, type Applied, type LayerNode } from './symbolicTensor.js';

/** Names stand in every message and file. */
const longestName = 1000;
/** The most inputs of a layer. */
const mostInputs = 10_000;

function snakeCase(kind: string): string {
  return kind
    .replace(/([A-Z]+)/g, '_$1')
    .replace(/^_/, '')
    .toLowerCase();
}

/**
 * A layer: its options, shapes and weights, and the ops it stands for. The values of its weights are
 * in native memory, and the same in all models that use it.
 */
export abstract class Layer<Output extends Applied = SymbolicTensor> {
  /** The uses of this layer, in the order of apply(). */
  readonly nodes: readonly LayerNode[] = [];
  /** The inputShape option. */
  readonly givenInputShape: SampleShape | undefined;
  #name: string | undefined;
  #nameIsGiven = false;
  #weights: readonly LayerWeight[] | undefined;
  #trainable: boolean;

  protected constructor(
    /** The class in saved models: 'Conv2D'. */
    readonly className: string,
    /** The function that makes it: 'conv2d'. */
    readonly kind: string,
    options: LayerOptions,
    optionNames: Readonly<Record<string, true>>,
  ) {
    checkOptionNames(kind, options, Object.keys(optionNames));
    if (options.name !== undefined) {
      this.#name = this.checkedName(options.name);
      this.#nameIsGiven = true;
    }
    this.#trainable = trueOrFalse(this.place, 'trainable', options.trainable ?? true);
    this.givenInputShape = givenSampleShape(this.place, options);
  }

  /** As given, or as the first model made of this layer named it. */
  get name(): string {
    return this.#name ?? this.defaultName;
  }

  get hasName(): boolean {
    return this.#name !== undefined;
  }

  /** Whether the name is an option, not made of the layer's kind. */
  get nameIsGiven(): boolean {
    return this.#nameIsGiven;
  }

  /** Takes effect at the model's next compile(). ERR_OPTION unless true or false. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = trueOrFalse(this.place, 'trainable', value);
  }

  /** The name without a number: Keras's form of the kind. */
  get defaultName(): string {
    return snakeCase(this.kind);
  }

  /** Called by the first model for a layer without a name. */
  giveName(name: string): void {
    this.#name ??= this.checkedName(name);
  }

  /** "conv2d 'conv1'", as errors name it. */
  get place(): string {
    return this.#name === undefined ? this.kind : `${this.kind} '${this.#name}'`;
  }

  /** How many inputs apply() takes. */
  protected get inputCount(): { readonly minimum: number; readonly maximum: number } {
    return { minimum: 1, maximum: 1 };
  }

  /** The output's shape; ERR_SHAPE, naming the layer and what to do, when an input is wrong. */
  protected abstract outputShapeOf(inputs: readonly SampleShape[]): SampleShape;

  /** The shape of each output: more than one for a model alone. */
  protected outputShapesOf(inputs: readonly SampleShape[]): readonly SampleShape[] {
    return [this.outputShapeOf(inputs)];
  }

  /** The weights for these inputs, in Keras's order. */
  protected weightsOf(inputs: readonly SampleShape[]): readonly LayerWeight[];
  protected weightsOf(): readonly LayerWeight[] {
    return [];
  }

  /** What a model is made of that is used as a layer; undefined for other layers. */
  get nested(): Trainability | undefined {
    return undefined;
  }

  /** Writes the layer's ops and returns the id of the last one's value. */
  abstract lower(lowering: LayerLowering): number;

  /** All options; a layer made of them is equal to this one. */
  getConfig(): LayerConfig {
    return {
      name: this.name,
      trainable: this.trainable,
      ...(this.givenInputShape === undefined ? {} : { inputShape: this.givenInputShape }),
    };
  }

  /**
   * The output's shape, batch axis first, for the inputs' shapes. ERR_SHAPE when they do not fit.
   */
  computeOutputShape(inputShape: BatchShape | readonly BatchShape[]): BatchShape {
    const given = listOf(this.place, 'inputShape', inputShape, {
      longest: mostInputs,
      expected: 'an array of sizes or of shapes',
    });
    const several = isArray(given[0]);
    const shapes = (several ? given : [given]) as readonly BatchShape[];
    const samples = shapes.map((shape) => givenSampleShape(this.place, { batchInputShape: shape }));
    const known = samples.filter((shape) => shape !== undefined);
    this.checkInputCount(known.length);
    return withBatch(countable(this.place, this.outputShapeOf(known)));
  }

  /**
   * Uses the layer on symbolic tensors: the first use fixes its weights, later uses share them.
   * ERR_SHAPE when the inputs do not fit, the layer or these weights.
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): Output {
    const list = listOf(this.place, 'inputs', isArray(inputs) ? inputs : [inputs], {
      longest: mostInputs,
      expected: 'symbolic tensors',
    });
    const symbols = list.map((item) => {
      if (isInstance(item, SymbolicTensor)) return item;
      throw new OptionError(
        `apply() takes what input() or another apply() returns, got ${shown(item)}; ` +
          'values go to model.predict()',
        { place: this.place },
      );
    });
    this.checkInputCount(symbols.length);
    const shapes = symbols.map(({ sampleShape }) => sampleShape);
    const outputShapes = this.outputShapesOf(shapes).map((shape) => countable(this.place, shape));
    this.shareWeights(shapes);
    return this.given(addNode(this as unknown as Layer, symbols, outputShapes).outputs);
  }

  /** The weights, after the first use. ERR_SHAPE before it. */
  get weights(): readonly LayerWeight[] {
    if (this.#weights === undefined) {
      throw new ShapeError('not used yet, so the shapes of its weights are not known', {
        place: this.place,
      });
    }
    return this.#weights;
  }

  /**
   * Copies of the values of `weights`, in their order. ERR_OPTION before a model has the layer,
   * ERR_DISPOSED after the last one was disposed of.
   */
  async getWeights(): Promise<Tensor[]> {
    return this.values().read(this as unknown as Layer);
  }

  /**
   * Sets the values of `weights`, in their order, in every model that has the layer; during a
   * training between two steps. ERR_SHAPE names the one that does not fit; else as getWeights().
   */
  async setWeights(weights: readonly Tensor[]): Promise<void> {
    return this.values().write(this as unknown as Layer, weights);
  }

  /** The number of values in all weights. */
  countParams(): number {
    return this.weights.reduce((sum, { shape }) => sum + elements(shape), 0);
  }

  /** What the first use takes. */
  get input(): SymbolicTensor | readonly SymbolicTensor[] {
    const { inputs } = this.firstNode();
    return inputs.length === 1 ? (inputs[0] ?? inputs) : inputs;
  }

  /** What the first use gives. */
  get output(): Output {
    return this.given(this.firstNode().outputs);
  }

  /** The shape that the first use gives, batch axis first; ERR_SHAPE where it gives several. */
  get outputShape(): BatchShape {
    const { output } = this;
    if (isInstance(output, SymbolicTensor)) return output.shape;
    throw new ShapeError('has several outputs; take the shape of each of `output`', {
      place: this.place,
    });
  }

  /** One output, or a list of several. */
  protected given(outputs: readonly SymbolicTensor[]): Output {
    const [first] = outputs;
    return (outputs.length === 1 ? first : outputs) as Output;
  }

  /** The name, where it is one: ERR_OPTION. A slash separates it from those of its weights. */
  protected checkedName(name: unknown): string {
    const fits = typeof name === 'string' && name !== '' && name.length <= longestName;
    if (fits && !name.includes('/')) return name;
    throw new OptionError(
      `name is ${shown(name)}; expected a text without '/' of at most ${longestName} characters`,
      { place: this.kind },
    );
  }

  private values(): LayerValues {
    const values = layerValues();
    if (values !== undefined) return values;
    throw new OptionError('its weights have no values before a model has it', {
      place: this.place,
    });
  }

  private firstNode(): LayerNode {
    const [node] = this.nodes;
    if (node === undefined) throw new ShapeError('not used yet', { place: this.place });
    return node;
  }

  private checkInputCount(count: number): void {
    const { minimum, maximum } = this.inputCount;
    if (count >= minimum && count <= maximum) return;
    const expected = minimum === maximum ? String(minimum) : `at least ${minimum}`;
    throw new ShapeError(`expected ${expected} input${maximum === 1 ? '' : 's'}, got ${count}`, {
      place: this.place,
    });
  }

  private shareWeights(shapes: readonly SampleShape[]): void {
    const wanted = this.weightsOf(shapes);
    for (const { name, shape } of wanted) countableWeight(this.place, name, shape);
    this.#weights ??= wanted;
    wanted.forEach(({ name, shape }, i) => {
      const shared = this.#weights?.[i]?.shape ?? [];
      if (sameShape(shape, shared)) return;
      throw new ShapeError(
        `input ${shapes.map(shapeText).join(', ')} needs ${name} [${shape.join(',')}], but its ` +
          `first use made it [${shared.join(',')}]; use a layer of its own here`,
        { place: this.place },
      );
    });
  }
}
