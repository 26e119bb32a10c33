import type { Logs } from '../model/trainable.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { functionOf } from '../errors/optionValues.js';
import { Callback } from './callback.js';

/** Hooks as plain functions, as in tfjs. Each may be async. */
export interface CallbackHooks {
  onTrainBegin?: () => unknown;
  /** `failure` is the reason when training failed or was aborted. */
  onTrainEnd?: (logs: Logs, failure?: unknown) => unknown;
  /** `logs` is empty, as in Keras. */
  onEpochBegin?: (epoch: number, logs: Logs) => unknown;
  onEpochEnd?: (epoch: number, logs: Logs) => unknown;
  onBatchBegin?: (batch: number, logs: Logs) => unknown;
  onBatchEnd?: (batch: number, logs: Logs) => unknown;
}

const hookNames = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
] as const satisfies readonly (keyof CallbackHooks)[];

/** A callback made of functions. */
export class LambdaCallback extends Callback {
  constructor(private readonly hooks: CallbackHooks) {
    super();
    checkOptionNames('customCallback', hooks, hookNames);
    for (const name of hookNames) {
      if ((hooks[name] ?? undefined) !== undefined)
        functionOf('customCallback', name, hooks[name], 'its logs');
    }
    this.everyBatch = typeof hooks.onBatchEnd === 'function';
  }

  override async onTrainBegin(): Promise<void> {
    await this.hooks.onTrainBegin?.();
  }

  override async onTrainEnd(logs: Logs, failure?: unknown): Promise<void> {
    await this.hooks.onTrainEnd?.(logs, failure);
  }

  override async onEpochBegin(epoch: number, logs: Logs): Promise<void> {
    await this.hooks.onEpochBegin?.(epoch, logs);
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    await this.hooks.onEpochEnd?.(epoch, logs);
  }

  override async onBatchBegin(batch: number, logs: Logs): Promise<void> {
    await this.hooks.onBatchBegin?.(batch, logs);
  }

  override async onBatchEnd(batch: number, logs: Logs): Promise<void> {
    await this.hooks.onBatchEnd?.(batch, logs);
  }
}

/** Makes a callback of functions. */
export function customCallback(hooks: CallbackHooks): LambdaCallback {
  return new LambdaCallback(hooks);
}
