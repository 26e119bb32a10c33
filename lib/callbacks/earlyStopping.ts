import { givenOptions } from '../errors/givenOptions.js';
import { realNumber, trueOrFalse, wholeNumber } from '../errors/optionValues.js';
import type { Logs } from '../model/trainable.js';
import { Callback } from './callback.js';
import { Monitor, type MonitorOptions } from './monitor.js';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement after which training stops; 0 acts as 1. Default 0. */
  patience?: number;
  /** A value that must be beaten for an improvement to reset the patience. */
  baseline?: number;
  /** Go back to the weights of the best epoch when training ends by itself. Default false. */
  restoreBestWeights?: boolean;
  /** The first epoch that counts, from 0. Default 0. */
  startFromEpoch?: number;
  /** 1 prints a line when training stops. Default 0. */
  verbose?: number;
}

const optionNames = [
  'monitor',
  'mode',
  'minDelta',
  'patience',
  'baseline',
  'restoreBestWeights',
  'startFromEpoch',
  'verbose',
] as const satisfies readonly (keyof EarlyStoppingOptions)[];

const place = 'earlyStopping';

/** Stops training when the monitored value no longer improves. */
export class EarlyStopping extends Callback {
  private readonly monitor: Monitor;
  private readonly patience: number;
  private readonly startFromEpoch: number;
  private wait = 0;
  private begun = false;
  private best: number;
  private bestWeights: readonly Float32Array[] | undefined;
  /** The epoch with the best value, counted from 0. */
  bestEpoch = 0;
  /** The epoch that training stopped at, or undefined. */
  stoppedEpoch: number | undefined;

  private readonly options: EarlyStoppingOptions;

  constructor(stoppingOptions?: EarlyStoppingOptions | null) {
    super();
    const options = givenOptions(place, stoppingOptions, optionNames);
    this.options = options;
    realNumber(place, 'minDelta', options.minDelta ?? 0, { minimum: 0 });
    this.monitor = new Monitor(place, options);
    this.patience = wholeNumber(place, 'patience', options.patience ?? 0, 0);
    this.startFromEpoch = wholeNumber(place, 'startFromEpoch', options.startFromEpoch ?? 0, 0);
    if (options.baseline !== undefined) realNumber(place, 'baseline', options.baseline);
    trueOrFalse(place, 'restoreBestWeights', options.restoreBestWeights ?? false);
    wholeNumber(place, 'verbose', options.verbose ?? 0, 0);
    this.best = this.monitor.worst;
  }

  override onTrainBegin(): void {
    this.wait = 0;
    this.begun = false;
    this.best = this.monitor.worst;
    this.bestWeights = undefined;
    this.bestEpoch = 0;
    this.stoppedEpoch = undefined;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const value = this.monitor.read(logs, this.params?.metrics);
    if (value === undefined || epoch < this.startFromEpoch) return;
    if (!this.begun) await this.keep(epoch);
    this.begun = true;
    this.wait += 1;
    if (this.monitor.isBetter(value, this.best)) {
      this.best = value;
      await this.keep(epoch);
      const { baseline } = this.options;
      if (baseline === undefined || this.monitor.isBetter(value, baseline)) this.wait = 0;
      return;
    }
    if (this.wait >= this.patience && epoch > 0 && this.model) {
      this.stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }

  override async onTrainEnd(_logs: Logs, failure?: unknown): Promise<void> {
    if (this.stoppedEpoch !== undefined && (this.options.verbose ?? 0) > 0) {
      process.stderr.write(`Epoch ${this.stoppedEpoch + 1}: early stopping\n`);
    }
    // A failed or aborted run keeps the weights of its last whole step.
    if (failure === undefined && this.bestWeights !== undefined && this.model) {
      const { bestWeights } = this;
      await this.model.useProgram((program) => program.setWeights(bestWeights));
    }
    this.bestWeights = undefined;
  }

  private async keep(epoch: number): Promise<void> {
    this.bestEpoch = epoch;
    if (this.options.restoreBestWeights !== true || !this.model) return;
    this.bestWeights = await this.model.useProgram((program) => program.getWeights());
  }
}

/** Makes an EarlyStopping callback. */
export function earlyStopping(options?: EarlyStoppingOptions | null): EarlyStopping {
  return new EarlyStopping(options);
}
