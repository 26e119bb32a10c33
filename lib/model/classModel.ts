import { OptionError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { givenSampleShape } from '../layers/givenShape.js';
import { InputLayer } from '../layers/inputLayer.js';
import type { LayerGraph } from '../layers/layerGraph.js';
import type { BatchShape, SampleShape } from '../layers/shape.js';
import type { Applied } from '../layers/symbolicTensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { buildGraph } from './graph.js';
import { LayersModel, type AppliedOf } from './layersModel.js';
import { modelOptionNames, type ModelOptions } from './modelStructure.js';
import type { Prediction } from './trainable.js';

export interface ModelClassOptions extends ModelOptions {
  /** Sizes of one sample, without the batch axis, or a list of them for several inputs. */
  readonly inputShape?: readonly number[] | readonly (readonly number[])[];
}

const optionNames: Readonly<Record<keyof ModelClassOptions, true>> = {
  ...modelOptionNames,
  inputShape: true,
};

/**
 * A model written as a class: its constructor makes layers, and call() connects them.
 *
 *     class Net extends Model {
 *       private readonly hidden = layers.dense({ units: 64, activation: 'relu' });
 *       private readonly end = layers.dense({ units: 10, activation: 'softmax' });
 *       constructor() {
 *         super({ inputShape: [784] });
 *       }
 *       override call(x: SymbolicTensor): SymbolicTensor {
 *         return this.end.apply(this.hidden.apply(x));
 *       }
 *     }
 *
 * call() is run once, when the model is first compiled, applied or looked at, on tensors without
 * values; from then on the model is like one that model() made, and is saved as such. Its default
 * name is that of the class, 'net'.
 *
 * `Result` is what it predicts. Default: a Tensor, of one output. A class with several outputs extends
 * Model<Tensor[]>, and its call() returns a list.
 */
export abstract class Model<Result extends Prediction = Tensor> extends LayersModel<Result> {
  #inputShapes: readonly SampleShape[] | undefined;
  #isTracing = false;

  protected constructor(options: ModelClassOptions = {}) {
    const { inputShape, ...rest } = options;
    checkOptionNames(new.target.name || 'model', options, Object.keys(optionNames));
    super('Model', new.target.name || 'model', rest);
    if (inputShape === undefined) return;
    const several = isArray(inputShape) && isArray(inputShape[0]);
    const shapes = (several ? inputShape : [inputShape]) as readonly (readonly number[])[];
    this.#inputShapes = this.checkedShapes(shapes.map((shape) => ({ inputShape: shape })));
  }

  /** Connects the layers: from the input, or a list of several, to the output, or a list. */
  abstract call(inputs: Applied): AppliedOf<Result>;

  /**
   * Connects the layers for inputs of these shapes, batch axis (null) first: [null, 32, 32, 3], or a
   * list of shapes for several inputs. Needed where the constructor gave no inputShape. ERR_OPTION
   * where the layers are connected already.
   */
  build(inputShape: BatchShape | readonly BatchShape[]): void {
    if (this.#inputShapes !== undefined) {
      throw new OptionError('its inputs have their shapes already; make another model', {
        place: this.place,
      });
    }
    const several = isArray(inputShape) && isArray(inputShape[0]);
    const shapes = (several ? inputShape : [inputShape]) as readonly BatchShape[];
    this.#inputShapes = this.checkedShapes(shapes.map((shape) => ({ batchInputShape: shape })));
    this.graph = this.madeGraph();
  }

  protected override madeGraph(): LayerGraph {
    if (this.#inputShapes === undefined) {
      throw new OptionError(
        'the shape of its input is not known; give super() an inputShape, or call build() first',
        { place: this.place },
      );
    }
    if (this.#isTracing) {
      throw new OptionError('call() needs the model itself, which call() is to make', {
        place: this.place,
      });
    }
    const inputs = this.#inputShapes.map((inputShape) => new InputLayer({ inputShape }).output);
    this.#isTracing = true;
    try {
      const outputs: Applied = this.call(
        inputs.length === 1 && inputs[0] !== undefined ? inputs[0] : inputs,
      );
      const list = isArray(outputs) ? outputs : [outputs];
      return buildGraph(this.place, inputs, list);
    } finally {
      this.#isTracing = false;
    }
  }

  private checkedShapes(
    given: readonly Parameters<typeof givenSampleShape>[1][],
  ): readonly SampleShape[] {
    const shapes = given.map((shape) => givenSampleShape(this.place, shape));
    return shapes.filter((shape) => shape !== undefined);
  }
}
