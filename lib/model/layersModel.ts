import type { History } from '../callbacks/history.js';
import { loadWeights, saveModel, saveWeights } from '../formats/index.js';
import type { SymbolicTensor } from '../layers/symbolicTensor.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Dataset } from '../train/dataset.js';
import { evaluate, evaluateDataset } from '../train/evaluate.js';
import type { EvaluateDatasetOptions, EvaluateOptions } from '../train/evaluate.js';
import { fit, fitDataset } from '../train/fit.js';
import type { FitDatasetOptions, FitOptions } from '../train/fitOptions.js';
import {
  testOnBatch,
  trainOnBatch,
  type TestOnBatchOptions,
  type TrainOnBatchOptions,
} from '../train/onBatch.js';
import { predict, predictOnBatch, type PredictOptions } from '../train/predict.js';
import { Predictor, type PredictorOptions } from '../train/predictor.js';
import { logNames } from '../train/results.js';
import type { SampleData } from '../train/samples.js';
import { resolveTraining } from './compile.js';
import type { CompileArgs, TrainingConfig } from './compile.js';
import { sayWhereNoLogits } from './logitsNotice.js';
import type { ModelOptions } from './modelStructure.js';
import { NativeModel } from './nativeModel.js';
import { sayWhatChanged, trainingLayers } from './trainability.js';
import type { LossLogs, MetricSlot, OutputSlot, Prediction, TrainableModel } from './trainable.js';

/** What a model gives on symbolic tensors whose predictions are `Result`. */
export type AppliedOf<Result extends Prediction> = Result extends Tensor
  ? SymbolicTensor
  : readonly SymbolicTensor[];

/**
 * A model that trains and predicts. The weights of its layers are native memory, which models of the
 * same layers share: they are made when first needed, and freed by dispose() of the last of these
 * models, by `await using`, or with the layers themselves.
 *
 * `Result` is what predict() resolves to: a Tensor for one output, a list of them for several.
 * Default: either, for a model of which this is not known.
 */
export abstract class LayersModel<Result extends Prediction = Prediction>
  extends NativeModel<AppliedOf<Result>>
  implements TrainableModel
{
  /** Set it to true, in a callback, to end fit() after the current step. */
  stopTraining = false;
  #trained: readonly string[] = [];

  protected constructor(className: string, kind: string, options: ModelOptions) {
    super(className, kind, options);
  }

  /**
   * Sets optimizer, losses and metrics, and takes over which layers are trainable: setting
   * `trainable` of a layer or the model later takes effect at the next compile(), as in Keras, and
   * training says so. Weights are kept, the optimizer starts anew. ERR_OPTION names the argument
   * that does not fit.
   */
  compile(args: CompileArgs): void {
    this.requireLossesUnused('compile');
    const names = this.outputNames;
    const outputs = this.outputs.map(({ sampleShape }, i) => ({
      name: names[i] ?? '',
      shape: sampleShape,
    }));
    const training = resolveTraining(args, outputs);
    const spec = this.prepare(training);
    this.#trained = trainingLayers(this.trainability);
    sayWhereNoLogits(this.place, spec, training.spec.losses, names);
  }

  get isCompiled(): boolean {
    return this.training !== undefined;
  }

  /** The optimizer of compile(); ERR_OPTION before it. */
  get optimizer(): Optimizer {
    return this.requireCompiled().optimizer;
  }

  /** Names, shapes and losses of the outputs. */
  get outputSlots(): readonly OutputSlot[] {
    if (this.training !== undefined) return this.training.outputSlots;
    const names = this.outputNames;
    return this.outputs.map(({ sampleShape }, i) => ({ name: names[i] ?? '', shape: sampleShape }));
  }

  /** Names of the metrics of compile(). */
  get metricSlots(): readonly MetricSlot[] {
    return this.training?.metricSlots ?? [];
  }

  /** The keys of logs, in order: 'loss', then '<output>_loss' of several outputs, and metrics. */
  get metricsNames(): readonly string[] {
    this.requireCompiled();
    return logNames(this);
  }

  /** compile()'s arguments as files hold them; undefined before compile(). */
  get trainingConfig(): TrainingConfig | undefined {
    if (this.training === undefined) return undefined;
    const { optimizer, config } = this.training;
    return { optimizer: optimizer.getConfig(), ...config };
  }

  /**
   * The layers that compile() took for trainable, where setting `trainable` has changed that since;
   * else undefined.
   */
  get trainedLayers(): readonly string[] | undefined {
    if (!this.isCompiled) return undefined;
    const now = trainingLayers(this.trainability);
    const isSame =
      now.length === this.#trained.length && now.every((name, i) => name === this.#trained[i]);
    return isSame ? undefined : this.#trained;
  }

  /** Trains on arrays; resolves to the losses and metrics of each epoch. */
  async fit(x: SampleData, y: SampleData, options?: FitOptions | null): Promise<History> {
    this.sayWhatChanged();
    return fit(this, x, y, options);
  }

  /** Trains on the batches of a data set. */
  async fitDataset(dataset: Dataset, options?: FitDatasetOptions | null): Promise<History> {
    this.sayWhatChanged();
    return fitDataset(this, dataset, options);
  }

  /** The loss and the metrics over arrays. */
  evaluate(x: SampleData, y: SampleData, options?: EvaluateOptions | null): Promise<LossLogs> {
    return evaluate(this, x, y, options);
  }

  /** The loss and the metrics over the batches of a data set. */
  evaluateDataset(dataset: Dataset, options?: EvaluateDatasetOptions | null): Promise<LossLogs> {
    return evaluateDataset(this, dataset, options);
  }

  /** The outputs for x: a tensor, or one for each output. */
  predict(x: SampleData, options?: PredictOptions | null): Promise<Result> {
    return predict(this, x, options);
  }

  /** As predict(), all of x in one batch. */
  predictOnBatch(x: SampleData): Promise<Result> {
    return predictOnBatch(this, x);
  }

  /** Gathers predictions of single samples into batches, for a server. */
  predictor(options?: PredictorOptions | null): Predictor<Result> {
    this.requireAlive();
    return new Predictor<Result>(this, options);
  }

  /** One step on one batch; its loss and metrics. */
  async trainOnBatch(
    x: SampleData,
    y: SampleData,
    options?: TrainOnBatchOptions | null,
  ): Promise<LossLogs> {
    this.sayWhatChanged();
    return trainOnBatch(this, x, y, options);
  }

  /** The loss and the metrics of one batch. */
  testOnBatch(
    x: SampleData,
    y: SampleData,
    options?: TestOnBatchOptions | null,
  ): Promise<LossLogs> {
    return testOnBatch(this, x, y, options);
  }

  /** Writes layers, weights and the optimizer's state; loadLayersModel() reads them. */
  save(path: string, options?: Parameters<typeof saveModel>[2]): Promise<void> {
    return saveModel(this, path, options);
  }

  /** Writes the weights alone. */
  saveWeights(path: string): Promise<void> {
    return saveWeights(this, path);
  }

  /** Reads weights into this model, by name. ERR_FORMAT when they do not fit. */
  loadWeights(path: string, options?: Parameters<typeof loadWeights>[2]): Promise<void> {
    return loadWeights(this, path, options);
  }

  private sayWhatChanged(): void {
    if (!this.isCompiled) return;
    sayWhatChanged(this.place, this.#trained, trainingLayers(this.trainability));
  }
}
