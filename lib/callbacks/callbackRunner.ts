import type { Logs } from '../model/trainable.js';
import type { Callback, TrainingParams } from './callback.js';
import type { CallbackModel } from './callbackModel.js';

/** Runs the hooks of several callbacks, one after the other, in the order given. */
export class CallbackRunner {
  constructor(private readonly callbacks: readonly Callback[]) {}

  get everyBatch(): boolean {
    return this.callbacks.some(
      (callback) => callback.everyBatch ?? callback.onBatchEnd !== undefined,
    );
  }

  attach(model: CallbackModel, params: TrainingParams): void {
    for (const callback of this.callbacks) {
      callback.setModel(model);
      callback.setParams(params);
    }
  }

  async onTrainBegin(): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainBegin?.();
  }

  /** Runs every hook, even when one throws; then throws the first error. */
  async onTrainEnd(logs: Logs, failure?: unknown): Promise<void> {
    const errors: unknown[] = [];
    for (const callback of this.callbacks) {
      try {
        await callback.onTrainEnd?.(logs, failure);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  async onEpochBegin(epoch: number, logs: Logs): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochBegin?.(epoch, logs);
  }

  async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochEnd?.(epoch, logs);
  }

  async onBatchBegin(batch: number, logs: Logs): Promise<void> {
    for (const callback of this.callbacks) await callback.onBatchBegin?.(batch, logs);
  }

  async onBatchEnd(batch: number, logs: Logs): Promise<void> {
    for (const callback of this.callbacks) await callback.onBatchEnd?.(batch, logs);
  }

  handlesError(error: unknown): boolean {
    return this.callbacks.some((callback) => callback.handlesError?.(error) ?? false);
  }
}
