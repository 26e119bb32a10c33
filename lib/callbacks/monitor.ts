import { OptionError } from '../errors/errors.js';
import { oneOf } from '../errors/optionNames.js';
import { textOf } from '../errors/optionValues.js';
import type { Logs } from '../model/trainable.js';
import type { TrainingParams } from './callback.js';

export type MonitorMode = 'auto' | 'min' | 'max';

const modes = ['auto', 'min', 'max'] as const;

export interface MonitorOptions {
  /** The log key to watch. Default 'val_loss'. */
  monitor?: string;
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

  /** Throws ERR_OPTION when no epoch of this training will have the value. */
  check(params: TrainingParams): void {
    if (params.metrics.includes(this.name)) return;
    const hint = this.name.startsWith('val_') ? '; pass validationData or validationSplit' : '';
    throw new OptionError(
      `monitor '${this.name}' is not among the logs ` +
        `${params.metrics.map((name) => `'${name}'`).join(', ')}${hint}`,
      { place: this.place },
    );
  }

  /** Undefined in an epoch without the value (one without validation). */
  read(logs: Logs): number | undefined {
    return logs[this.name];
  }
}

function modeOf(name: string): 'min' | 'max' {
  return /acc/i.test(name) ? 'max' : 'min';
}
