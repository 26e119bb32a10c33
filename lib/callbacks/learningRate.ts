import { OptionError } from '../errors/errors.js';
import { givenOptions } from '../errors/givenOptions.js';
import { functionOf, realNumber, wholeNumber } from '../errors/optionValues.js';
import type { Logs } from '../model/trainable.js';
import { Callback } from './callback.js';
import { Monitor, type MonitorOptions } from './monitor.js';

/** Gives the learning rate of an epoch (from 0), from the rate so far. */
export type LearningRateSchedule = (epoch: number, learningRate: number) => number;

/** Sets the learning rate at the start of every epoch; logs it as 'learning_rate'. */
export class LearningRateScheduler extends Callback {
  constructor(private readonly schedule: LearningRateSchedule) {
    super();
    functionOf('learningRateScheduler', 'schedule', schedule, 'an epoch and the rate so far');
  }

  override onEpochBegin(epoch: number): void {
    if (!this.model) return;
    const { optimizer } = this.model;
    const rate = this.schedule(epoch, optimizer.learningRate);
    optimizer.learningRate = realNumber('learningRateScheduler', 'schedule()', rate, {
      minimum: 0,
    });
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    if (this.model) logs.learning_rate = this.model.optimizer.learningRate;
  }
}

/** Makes a LearningRateScheduler callback. */
export function learningRateScheduler(schedule: LearningRateSchedule): LearningRateScheduler {
  return new LearningRateScheduler(schedule);
}

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the learning rate is multiplied by, in (0, 1). Default 0.1. */
  factor?: number;
  /** Epochs without improvement before a reduction. Default 10. */
  patience?: number;
  /** Default 1e-4. */
  minDelta?: number;
  /** Epochs to wait after a reduction. Default 0. */
  cooldown?: number;
  /** Default 0. */
  minLearningRate?: number;
}

const plateauOptionNames = [
  'monitor',
  'mode',
  'minDelta',
  'factor',
  'patience',
  'cooldown',
  'minLearningRate',
] as const satisfies readonly (keyof ReduceLROnPlateauOptions)[];

const place = 'reduceLROnPlateau';

/** Reduces the learning rate when the monitored value no longer improves. */
export class ReduceLROnPlateau extends Callback {
  private readonly monitor: Monitor;
  private readonly factor: number;
  private readonly patience: number;
  private readonly cooldown: number;
  private readonly minLearningRate: number;
  private best: number;
  private wait = 0;
  private cooling = 0;

  constructor(plateauOptions?: ReduceLROnPlateauOptions | null) {
    super();
    const options = givenOptions(place, plateauOptions, plateauOptionNames);
    const minDelta = realNumber(place, 'minDelta', options.minDelta ?? 1e-4, { minimum: 0 });
    this.monitor = new Monitor(place, { ...options, minDelta });
    this.factor = realNumber(place, 'factor', options.factor ?? 0.1, { minimum: 0, above: true });
    if (this.factor >= 1)
      throw new OptionError(`factor is ${this.factor}; expected less than 1`, { place });
    this.patience = wholeNumber(place, 'patience', options.patience ?? 10, 0);
    this.cooldown = wholeNumber(place, 'cooldown', options.cooldown ?? 0, 0);
    this.minLearningRate = realNumber(place, 'minLearningRate', options.minLearningRate ?? 0, {
      minimum: 0,
    });
    this.best = this.monitor.worst;
  }

  override onTrainBegin(): void {
    this.best = this.monitor.worst;
    this.wait = 0;
    this.cooling = 0;
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    if (!this.model) return;
    logs.learning_rate = this.model.optimizer.learningRate;
    const value = this.monitor.read(logs, this.params?.metrics);
    if (value === undefined) return;
    if (this.cooling > 0) {
      this.cooling -= 1;
      this.wait = 0;
    }
    if (this.monitor.isBetter(value, this.best)) {
      this.best = value;
      this.wait = 0;
    } else if (this.cooling === 0) {
      this.wait += 1;
      if (this.wait >= this.patience) this.reduce();
    }
  }

  private reduce(): void {
    if (!this.model) return;
    const { optimizer } = this.model;
    if (optimizer.learningRate <= this.minLearningRate) return;
    optimizer.learningRate = Math.max(optimizer.learningRate * this.factor, this.minLearningRate);
    this.cooling = this.cooldown;
    this.wait = 0;
  }
}

/** Makes a ReduceLROnPlateau callback. */
export function reduceLROnPlateau(options?: ReduceLROnPlateauOptions | null): ReduceLROnPlateau {
  return new ReduceLROnPlateau(options);
}
