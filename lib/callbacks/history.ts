import type { Logs } from '../model/trainable.js';
import { Callback } from './callback.js';

/** The record of a training run, which fit() resolves to. */
export class History extends Callback {
  /** The epochs that ended, counted from 0. */
  readonly epoch: number[] = [];
  /** For each log key, one value an epoch ('val_' keys: one a validation). */
  readonly history: Record<string, number[]> = {};

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      (this.history[name] ??= []).push(value);
    }
  }
}
