import { OptionError } from '../errors/errors.js';
import type { Logs } from '../model/trainable.js';
import type { TrainingParams } from './callback.js';

export type MonitorMode = 'auto' | 'min' | 'max';

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
    this.name = options.monitor ?? 'val_loss';
    this.mode = resolveMode(place, this.name, options.mode ?? 'auto');
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

function resolveMode(place: string, name: string, mode: MonitorMode): 'min' | 'max' {
  if (mode === 'min' || mode === 'max') return mode;
  const given: string = mode;
  if (given !== 'auto') {
    throw new OptionError(`mode must be 'auto', 'min' or 'max', got '${given}'`, {
      place,
    });
  }
  return /acc/i.test(name) ? 'max' : 'min';
}
