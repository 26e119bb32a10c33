import { DisposedError, ModelBusyError } from '../errors/errors.js';
import { Turns } from './turns.js';

/**
 * What a call needs to stay as it is while it runs: the losses and metrics of compile(), or no more
 * than the outputs.
 */
export type CallNeeds = 'losses' | 'outputs';

/** The calls of one model that are in progress, and who waits for whom. */
export class ModelCalls {
  #training: string | undefined;
  /** Evaluations by their method, each as often as it runs. */
  readonly #evaluations: string[] = [];
  readonly #batches = new Turns();

  constructor(private readonly model: { readonly place: string; readonly disposed: boolean }) {}

  /** Runs `work` as the only training; ERR_MODEL_BUSY names the one that is in progress. */
  async exclusively<T>(method: string, work: () => Promise<T>): Promise<T> {
    this.requireAlive();
    if (this.#training !== undefined) throw this.busy(method, this.#training);
    this.#training = method;
    try {
      return await this.untilDisposed(method, work);
    } finally {
      this.#training = undefined;
    }
  }

  /** Runs `work` beside whatever else is in progress. */
  async alongside<T>(method: string, needs: CallNeeds, work: () => Promise<T>): Promise<T> {
    this.requireAlive();
    if (needs === 'losses') this.#evaluations.push(method);
    try {
      return await this.untilDisposed(method, work);
    } finally {
      if (needs === 'losses') this.#evaluations.splice(this.#evaluations.indexOf(method), 1);
    }
  }

  /**
   * One batch of an evaluation or a prediction, when those that asked before have had theirs: a
   * training step never waits for more than one.
   */
  betweenSteps<T>(batch: () => Promise<T>): Promise<T> {
    return this.#batches.take(batch);
  }

  /** A training or an evaluation that is in progress. */
  get inProgress(): string | undefined {
    return this.#training ?? this.#evaluations[0];
  }

  /** Before what changes the losses: ERR_MODEL_BUSY while a call needs them. */
  requireLossesUnused(method: string): void {
    this.requireAlive();
    const running = this.inProgress;
    if (running !== undefined) throw this.busy(method, running);
  }

  requireAlive(): void {
    if (!this.model.disposed) return;
    throw new DisposedError('it was disposed; make a new model', { place: this.model.place });
  }

  /** Names the model and the call where a call of native code meets a dispose() in between. */
  async untilDisposed<T>(method: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.model.disposed || !(error instanceof DisposedError)) throw error;
      throw new DisposedError(`it was disposed during ${method}(); await that before dispose()`, {
        place: this.model.place,
        cause: error,
      });
    }
  }

  private busy(method: string, running: string): ModelBusyError {
    return new ModelBusyError(
      `${method}() was called while ${running}() is in progress; await it first`,
      { place: this.model.place },
    );
  }
}
