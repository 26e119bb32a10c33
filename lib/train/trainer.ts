import type { TrainingParams } from '../callbacks/callback.js';
import type { CallbackModel } from '../callbacks/callbackModel.js';
import { CallbackRunner } from '../callbacks/callbackRunner.js';
import { History } from '../callbacks/history.js';
import { ProgbarLogger } from '../callbacks/progbarLogger.js';
import type { Logs } from '../model/trainable.js';
import type { Batch, NativeProgram } from '../native/program.js';
import { throwIfAborted, unlessAborted, type AbortDetails } from './abort.js';
import type { BatchSource } from './batches.js';
import type { Schedule } from './fitOptions.js';
import { logNames, readLogs, ResultTotals, toLogs, validationLogs } from './results.js';

/** Milliseconds between two readings of the running means. */
const readInterval = 200;

/** Everything that a training run works with. */
export interface TrainingPlan {
  readonly place: string;
  readonly source: BatchSource;
  readonly schedule: Schedule;
  /** Evaluates the validation data; the keys of its logs have no prefix. */
  readonly validate?: (() => Promise<Logs>) | undefined;
}

/** Runs the epochs of one training: steps, validation, callbacks, history. */
export class Trainer {
  private readonly history = new History();
  private readonly callbacks: CallbackRunner;
  private readonly timing = { dataWait: 0, elapsed: 0 };
  private epoch: number;
  private step = 0;
  /** What was read of this epoch's batches; empty where they are not read one by one. */
  private readonly totals = new ResultTotals();
  private means: Logs = {};
  private lastRead = 0;

  constructor(
    private readonly model: CallbackModel,
    private readonly program: NativeProgram,
    private readonly plan: TrainingPlan,
  ) {
    const { callbacks, verbose, initialEpoch } = plan.schedule;
    const loggers = verbose === 0 ? [] : [new ProgbarLogger()];
    this.callbacks = new CallbackRunner([...callbacks, this.history, ...loggers]);
    this.epoch = initialEpoch;
  }

  async run(): Promise<History> {
    const { model, plan } = this;
    model.stopTraining = false;
    this.callbacks.attach(model, this.params());
    try {
      await this.callbacks.onTrainBegin();
      await this.runEpochs();
    } catch (error) {
      await this.fail(error);
      return this.history;
    }
    await plan.source.close?.();
    await this.callbacks.onTrainEnd(this.means);
    return this.history;
  }

  private async fail(error: unknown): Promise<void> {
    // Data that never comes must not keep an aborted run from ending.
    void this.plan.source.close?.().catch(() => undefined);
    const handled = this.callbacks.handlesError(error);
    try {
      await this.callbacks.onTrainEnd(this.means, error);
    } catch (second) {
      if (handled) throw second;
    }
    if (!handled) throw error;
  }

  private async runEpochs(): Promise<void> {
    const { epochs, initialEpoch, validationFreq } = this.plan.schedule;
    for (let epoch = initialEpoch; epoch < epochs && !this.model.stopTraining; ++epoch) {
      this.epoch = epoch;
      await this.runSteps();
      this.totals.add(await this.program.results(true));
      const logs = this.totals.logs(this.model);
      if (this.plan.validate && (epoch + 1) % validationFreq === 0) {
        Object.assign(logs, validationLogs(await this.plan.validate()));
      }
      this.means = logs;
      await this.callbacks.onEpochEnd(epoch, logs);
    }
  }

  private async runSteps(): Promise<void> {
    this.step = 0;
    this.means = {};
    this.totals.clear();
    await this.program.results(true);
    await this.callbacks.onEpochBegin(this.epoch, {});
    this.throwIfAborted();
    this.timing.dataWait = 0;
    this.timing.elapsed = 0;
    const begun = performance.now();
    this.lastRead = begun;
    const batches = this.plan.source.batches(this.epoch);
    const { everyBatch } = this.callbacks;
    try {
      for (;;) {
        const batch = await this.nextBatch(batches);
        if (!batch) return;
        await this.runStep(batch, begun, everyBatch);
        if (this.model.stopTraining) return;
      }
    } finally {
      const closing = batches.return?.();
      // See fail(): an aborted run does not wait for its data.
      if (this.plan.schedule.signal?.aborted === true) {
        void Promise.resolve(closing).catch(() => undefined);
      } else {
        await closing;
      }
    }
  }

  private async nextBatch(
    batches: Iterator<Batch> | AsyncIterator<Batch>,
  ): Promise<Batch | undefined> {
    const asked = performance.now();
    const { signal } = this.plan.schedule;
    const coming = batches.next();
    const next = await unlessAborted(coming, signal, this.plan.place, () => this.details());
    this.timing.dataWait += performance.now() - asked;
    return next.done === true ? undefined : next.value;
  }

  private async runStep(batch: Batch, begun: number, everyBatch: boolean): Promise<void> {
    const facts = { batch: this.step, size: batch.size };
    await this.callbacks.onBatchBegin(this.step, facts);
    await this.program.train(batch, this.model.optimizer.learningRate);
    const now = performance.now();
    let logs: Logs = {};
    if (everyBatch) {
      logs = await this.readBatch();
    } else if (now - this.lastRead >= readInterval) {
      this.means = await readLogs(this.model, this.program, false);
      this.lastRead = now;
    }
    this.timing.elapsed = now - begun;
    const step = this.step++;
    await this.callbacks.onBatchEnd(step, { ...logs, ...facts });
    this.throwIfAborted();
  }

  /** The losses and metrics of the last batch alone. */
  private async readBatch(): Promise<Logs> {
    const results = await this.program.results(true);
    this.totals.add(results);
    this.means = this.totals.logs(this.model);
    return toLogs(this.model, results);
  }

  private throwIfAborted(): void {
    throwIfAborted(this.plan.schedule.signal, this.plan.place, () => this.details());
  }

  /** `step` counts the whole steps of this epoch. */
  private details(): AbortDetails {
    return { epoch: this.epoch, step: this.step, history: this.history.history };
  }

  private params(): TrainingParams {
    const { schedule, source, validate } = this.plan;
    const names = logNames(this.model);
    const means = () => this.means;
    return {
      epochs: schedule.epochs,
      initialEpoch: schedule.initialEpoch,
      ...(source.steps === undefined ? {} : { steps: source.steps }),
      ...(source.samples === undefined ? {} : { samples: source.samples }),
      verbose: schedule.verbose,
      metrics: validate ? [...names, ...names.map((name) => `val_${name}`)] : names,
      timing: this.timing,
      means,
    };
  }
}
