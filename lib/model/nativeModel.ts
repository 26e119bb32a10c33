import { OptionError } from '../errors/errors.js';
import { oneOf } from '../errors/optionNames.js';
import { functionOf, textOf, wholeNumber } from '../errors/optionValues.js';
import type { Layer } from '../layers/layer.js';
import { longestAxis } from '../layers/limits.js';
import type { Applied } from '../layers/symbolicTensor.js';
import type { ModelSpec, NativeProgram, PlanDescription } from '../native/program.js';
import { Tensor } from '../tensor/tensor.js';
import type { CompiledTraining } from './compile.js';
import { asyncDisposeSymbol, disposeSymbol } from './disposeSymbols.js';
import './layerWeights.js';
import { leavesOf } from './leaves.js';
import { lowerModel } from './lowerModel.js';
import { ModelCalls, type CallNeeds } from './modelCalls.js';
import { ModelStructure, type ModelOptions } from './modelStructure.js';
import { ProgramOwner } from './programOwner.js';
import { sharingLines, sharingOf, type Sharing } from './sharing.js';
import { weightValues } from './weightValues.js';

/** A plan, and whom the layers of the model are shared with. */
export interface ModelPlan extends PlanDescription {
  readonly shared: readonly Sharing[];
}

/** A model with its native program: the values of its weights, its plans, and who uses it when. */
export abstract class NativeModel<Output extends Applied = Applied> extends ModelStructure<Output> {
  readonly #owner: ProgramOwner;
  readonly #calls: ModelCalls;
  #spec: ModelSpec | undefined;
  #training: CompiledTraining | undefined;

  protected constructor(className: string, kind: string, options: ModelOptions) {
    super(className, kind, options);
    this.#calls = new ModelCalls(this);
    this.#owner = new ProgramOwner(this, this.resolvedBackend);
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

  /** What compile() made of its arguments. */
  protected get training(): CompiledTraining | undefined {
    return this.#training;
  }

  /** Takes over a training, and which layers are trainable. */
  protected prepare(training: CompiledTraining): ModelSpec {
    this.#training = training;
    this.#spec = this.lowered();
    return this.#spec;
  }

  protected requireAlive(): void {
    this.#calls.requireAlive();
  }

  /** ERR_MODEL_BUSY while a call needs the losses to stay. */
  protected requireLossesUnused(method: string): void {
    this.#calls.requireLossesUnused(method);
  }

  protected requireCompiled(): CompiledTraining {
    if (this.#training !== undefined) return this.#training;
    throw new OptionError('it has no loss and optimizer; call compile() first', {
      place: this.place,
    });
  }
}
