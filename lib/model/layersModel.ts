import type { History } from '../callbacks/history.js';
import { OptionError } from '../errors/errors.js';
import { oneOf } from '../errors/optionNames.js';
import { functionOf, textOf, wholeNumber } from '../errors/optionValues.js';
import { loadWeights, saveModel, saveWeights } from '../formats/index.js';
import type { Layer } from '../layers/layer.js';
import { longestAxis } from '../layers/limits.js';
import type { SymbolicTensor } from '../layers/symbolicTensor.js';
import type { ModelSpec, NativeProgram, PlanDescription } from '../native/program.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { Tensor } from '../tensor/tensor.js';
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
import type { CompileArgs, CompiledTraining, TrainingConfig } from './compile.js';
import { asyncDisposeSymbol, disposeSymbol } from './disposeSymbols.js';
import { sayWhereNoLogits } from './logitsNotice.js';
import './layerWeights.js';
import { lowerModel } from './lowerModel.js';
import { leavesOf } from './leaves.js';
import { ModelCalls, type CallNeeds } from './modelCalls.js';
import { ModelStructure, type ModelOptions } from './modelStructure.js';
import { ProgramOwner } from './programOwner.js';
import { sharingLines, sharingOf, type Sharing } from './sharing.js';
import { sayWhatChanged, trainingLayers } from './trainability.js';
import type { LossLogs, MetricSlot, OutputSlot, Prediction, TrainableModel } from './trainable.js';
import { weightValues } from './weightValues.js';

/** A plan, and whom the layers of the model are shared with. */
export interface ModelPlan extends PlanDescription {
  readonly shared: readonly Sharing[];
}

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
  extends ModelStructure<AppliedOf<Result>>
  implements TrainableModel
{
  /** Set it to true, in a callback, to end fit() after the current step. */
  stopTraining = false;
  readonly #owner: ProgramOwner;
  #spec: ModelSpec | undefined;
  #training: CompiledTraining | undefined;
  #trained: readonly string[] = [];
  readonly #calls: ModelCalls;

  protected constructor(className: string, kind: string, options: ModelOptions) {
    super(className, kind, options);
    this.#calls = new ModelCalls(this.place, () => this.disposed);
    this.#owner = new ProgramOwner(this.place, this.resolvedBackend, this);
  }

  /**
   * Sets optimizer, losses and metrics, and takes over which layers are trainable: setting
   * `trainable` of a layer or the model later takes effect at the next compile(), as in Keras, and
   * training says so. Weights are kept, the optimizer starts anew. ERR_OPTION names the argument
   * that does not fit.
   */
  compile(args: CompileArgs): void {
    this.#calls.requireLossesUnused('compile');
    const names = this.outputNames;
    const outputs = this.outputs.map(({ sampleShape }, i) => ({
      name: names[i] ?? '',
      shape: sampleShape,
    }));
    this.#training = resolveTraining(args, outputs);
    this.#spec = this.lowered();
    this.#trained = trainingLayers(this.trainability);
    sayWhereNoLogits(this.place, this.#spec, this.#training.spec.losses, names);
  }

  get isCompiled(): boolean {
    return this.#training !== undefined;
  }

  /** The optimizer of compile(); ERR_OPTION before it. */
  get optimizer(): Optimizer {
    return this.requireCompiled().optimizer;
  }

  /** Names, shapes and losses of the outputs. */
  get outputSlots(): readonly OutputSlot[] {
    if (this.#training !== undefined) return this.#training.outputSlots;
    const names = this.outputNames;
    return this.outputs.map(({ sampleShape }, i) => ({ name: names[i] ?? '', shape: sampleShape }));
  }

  /** Names of the metrics of compile(). */
  get metricSlots(): readonly MetricSlot[] {
    return this.#training?.metricSlots ?? [];
  }

  /** The keys of logs, in order: 'loss', then '<output>_loss' of several outputs, and metrics. */
  get metricsNames(): readonly string[] {
    this.requireCompiled();
    return logNames(this);
  }

  /** compile()'s arguments as files hold them; undefined before compile(). */
  get trainingConfig(): TrainingConfig | undefined {
    if (this.#training === undefined) return undefined;
    const { optimizer, config } = this.#training;
    return { optimizer: optimizer.getConfig(), ...config };
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
    this.#calls.requireAlive();
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

  /** Copies of all weights, in the order of `weights`. */
  override async getWeights(): Promise<Tensor[]> {
    const values = await this.#calls.untilDisposed('getWeights', () =>
      this.useProgram((program) => program.getWeights()),
    );
    return this.weights.map(
      ({ shape }, i) => new Tensor(values[i] ?? new Float32Array(0), shape, 'float32'),
    );
  }

  /** Sets all weights, in the order of `weights`. ERR_SHAPE names the one that does not fit. */
  override async setWeights(weights: readonly Tensor[]): Promise<void> {
    const values = weightValues(this.place, this.weights, weights);
    await this.#calls.untilDisposed('setWeights', () =>
      this.useProgram((program) => program.setWeights(values)),
    );
  }

  /**
   * The native program, brought up to date with compile(). It stays while a training or evaluation
   * of this model is in progress; else another may take its place.
   */
  async program(): Promise<NativeProgram> {
    this.#calls.requireAlive();
    this.#spec ??= this.lowered();
    return this.#owner.get(this.#spec, this.#training?.spec);
  }

  /** Begins a call on the native program, which stays until that ends. */
  async useProgram<T>(call: (program: NativeProgram) => Promise<T>): Promise<T> {
    functionOf(this.place, 'call', call, 'the program');
    this.#calls.requireAlive();
    this.#spec ??= this.lowered();
    return this.#owner.use(this.#spec, this.#training?.spec, call);
  }

  /**
   * How native code runs the model: ops, shapes, layouts, bytes and FLOPs of a batch of
   * `batchSize` (default 32) in 'train' (default), 'evaluate' or 'predict' mode.
   */
  async explain(mode: 'predict' | 'evaluate' | 'train' = 'train', batchSize = 32): Promise<string> {
    const text = await this.#calls.untilDisposed('explain', () =>
      this.planned('explain()', mode, batchSize, (program) => program.explain(mode, batchSize)),
    );
    return [text, ...sharingLines(this.sharing).map((line) => `${line}\n`)].join('');
  }

  /** What explain() prints, as data. Neither allocates memory. */
  async plan(mode: 'predict' | 'evaluate' | 'train' = 'train', batchSize = 32): Promise<ModelPlan> {
    const plan = await this.#calls.untilDisposed('plan', () =>
      this.planned('plan()', mode, batchSize, (program) => program.plan(mode, batchSize)),
    );
    return { ...plan, shared: this.sharing };
  }

  /**
   * Runs `work` as the only training of the model; ERR_MODEL_BUSY names the one that is in progress
   * already. Predictions and evaluations go on beside it.
   */
  async exclusively<T>(method: string, work: () => Promise<T>): Promise<T> {
    textOf(this.place, 'method', method);
    functionOf(this.place, 'work', work, 'nothing');
    return this.#calls.exclusively(method, work);
  }

  /** Runs `work` beside a training; with 'losses', compile() is refused meanwhile. */
  async alongside<T>(method: string, needs: CallNeeds, work: () => Promise<T>): Promise<T> {
    textOf(this.place, 'method', method);
    oneOf(this.place, 'needs', needs, ['losses', 'outputs']);
    functionOf(this.place, 'work', work, 'nothing');
    return this.#calls.alongside(method, needs, work);
  }

  /** One batch of an evaluation or a prediction, of which a training step waits for one at most. */
  async betweenSteps<T>(batch: () => Promise<T>): Promise<T> {
    functionOf(this.place, 'batch', batch, 'nothing');
    return this.#calls.betweenSteps(batch);
  }

  /** A training or evaluation that is in progress, by its method: 'fit'. */
  get inProgress(): string | undefined {
    return this.#calls.inProgress;
  }

  /** Whether dispose() was called. */
  get disposed(): boolean {
    return this.#owner.disposed;
  }

  /**
   * Frees, after the step in progress, the weights of the layers that no other model has; later
   * calls reject with ERR_DISPOSED, and so does a new model of layers whose weights were freed.
   */
  dispose(): Promise<void> {
    return this.#owner.dispose();
  }

  /** Begins dispose() without waiting for it. */
  [disposeSymbol](): void {
    void this.dispose();
  }

  [asyncDisposeSymbol](): Promise<void> {
    return this.dispose();
  }

  /** Whether weights may exist or another model have it, so that no layer can be added any more. */
  protected get isFixed(): boolean {
    return this.#spec !== undefined || this.nodes.length > 0;
  }

  protected override get sharing(): readonly Sharing[] {
    return sharingOf(this.#owner, leavesOf(this.trainability));
  }

  protected override ownLayers(layers: readonly Layer[]): void {
    this.#owner.own(layers);
  }

  /** A call on a program whose weights may not be there yet. */
  private planned<T>(
    place: string,
    mode: string,
    batchSize: number,
    call: (program: NativeProgram) => Promise<T>,
  ): Promise<T> {
    oneOf(place, 'mode', mode, ['predict', 'evaluate', 'train']);
    wholeNumber(place, 'batchSize', batchSize, 1, longestAxis);
    if (mode !== 'predict') this.requireCompiled();
    this.#calls.requireAlive();
    this.#spec ??= this.lowered();
    return this.#owner.plan(this.#spec, this.#training?.spec, call);
  }

  private lowered(): ModelSpec {
    return lowerModel(this.trainability, this.resolvedBackend, this.seed);
  }

  private sayWhatChanged(): void {
    if (!this.isCompiled) return;
    sayWhatChanged(this.place, this.#trained, trainingLayers(this.trainability));
  }

  private requireCompiled(): CompiledTraining {
    if (this.#training !== undefined) return this.#training;
    throw new OptionError('it has no loss and optimizer; call compile() first', {
      place: this.place,
    });
  }
}
