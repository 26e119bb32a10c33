import { oneOf } from '../errors/optionNames.js';
import { textOf } from '../errors/optionValues.js';
import type { Logs } from '../model/trainable.js';
import { say } from '../notices.js';
import { missingLog } from './missingLog.js';

/** A key of logs: those that every model may have complete; outputs and metrics have their own. */
export type MonitorName =
  'loss' | 'val_loss' | 'accuracy' | 'val_accuracy' | 'acc' | 'val_acc' | (string & {});

export type MonitorMode = 'auto' | 'min' | 'max';

const modes = ['auto', 'min', 'max'] as const;

export interface MonitorOptions {
  /** The log key to watch. Default 'val_loss'. */
  monitor?: MonitorName;
  /** Whether less or more is better; 'auto' takes more for accuracies. Default 'auto'. */
  mode?: MonitorMode;
  /** The least change that counts as better. Default 0. */
  minDelta?: number;
}

/** Watches one log value and tells whether it got better. */
export class Monitor {
  readonly name: string;
  readonly mode: 'min' | 'max';
  private readonly minDelta: number;
  private warned = false;

  constructor(
    private readonly place: string,
    options: MonitorOptions,
  ) {
    this.name = textOf(place, 'monitor', options.monitor ?? 'val_loss');
    const mode = oneOf(place, 'mode', options.mode ?? 'auto', modes);
    this.mode = mode === 'auto' ? modeOf(this.name) : mode;
    this.minDelta = Math.abs(options.minDelta ?? 0);
  }

  /** What every real value is better than. */
  get worst(): number {
    return this.mode === 'min' ? Infinity : -Infinity;
  }

  /** Strictly better, by more than minDelta. NaN never is. */
  isBetter(value: number, than: number): boolean {
    return this.mode === 'min' ? value + this.minDelta < than : value - this.minDelta > than;
  }

  /**
   * Undefined where the logs lack the value. Says so, once, when it is none of `expected`, the
   * keys that logs have sooner or later: the callback then does nothing.
   */
  read(logs: Logs, expected: readonly string[] = []): number | undefined {
    const value = logs[this.name];
    if (value === undefined && !expected.includes(this.name) && !this.warned) {
      this.warned = true;
      const known = [...new Set([...Object.keys(logs), ...expected])];
      say(
        `${this.place}: ${missingLog(`monitor '${this.name}'`, this.name, known)}; it does nothing`,
      );
    }
    return value;
  }
}

function modeOf(name: string): 'min' | 'max' {
  return /acc/i.test(name) ? 'max' : 'min';
}
