import { Callback } from '../callbacks/callback.js';
import { LambdaCallback, type CallbackHooks } from '../callbacks/lambdaCallback.js';
import { OptionError } from '../errors/errors.js';
import { hasMember, isInstance } from '../errors/instances.js';
import { isArray, listOf } from '../errors/lists.js';
import { isPlain } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { functionOf, realNumber, trueOrFalse, wholeNumber } from '../errors/optionValues.js';
import type { ClassWeights } from './classWeights.js';
import type { SampleData } from './samples.js';
import type { Dataset } from './dataset.js';
import type { StopSignal } from './stopSignal.js';

/** A callback, a record of hooks, or a list of both. */
export type CallbackArgument = Callback | CallbackHooks | readonly (Callback | CallbackHooks)[];

/** What fit() and fitDataset() share. */
export interface TrainingOptions {
  /** The epoch to stop before, counted from 0. Default 1. */
  epochs?: number;
  /** The epoch to start at, to resume a run. Default 0. */
  initialEpoch?: number;
  /** 0 silent, 1 progress bar, 2 one line an epoch; to stderr. Default 1. */
  verbose?: 0 | 1 | 2;
  /** Validate after every so many epochs. Default 1. */
  validationFreq?: number;
  /** Samples in a step of validation. Default: batchSize. */
  validationBatchSize?: number;
  /** The weight of each class in the loss. */
  classWeight?: ClassWeights;
  callbacks?: CallbackArgument;
  /**
   * Stops training between two steps: fit() rejects with ERR_ABORTED, whose details have epoch,
   * step and history, and the weights are those of the last whole step.
   */
  signal?: StopSignal;
}

export interface FitOptions extends TrainingOptions {
  /** Samples in a step; a larger size is cut to the samples there are. Default 32. */
  batchSize?: number;
  /** [x, y] or [x, y, sampleWeight], evaluated after an epoch. */
  validationData?:
    readonly [SampleData, SampleData] | readonly [SampleData, SampleData, SampleData];
  /**
   * The share of the rows, taken from their end before shuffling, to validate on; in [0, 1).
   * Default 0: none.
   */
  validationSplit?: number;
  /** Visit the rows in a new order every epoch, from the model's seed. Default true. */
  shuffle?: boolean;
  /** The weight of each row in the loss, or of each position: [n,h,w] for outputs [n,h,w,c]. */
  sampleWeight?: SampleData;
  /** Steps in an epoch, when it should be shorter than the data. */
  stepsPerEpoch?: number;
}

export interface FitDatasetOptions extends TrainingOptions {
  /** Batches in an epoch. Default: until the data set ends. */
  batchesPerEpoch?: number;
  /** Arrays, or a data set, evaluated after an epoch. */
  validationData?: FitOptions['validationData'] | Dataset;
  /** Batches of a validation data set. Default: until it ends. */
  validationBatches?: number;
}

const trainingNames = [
  'epochs',
  'initialEpoch',
  'verbose',
  'validationFreq',
  'validationBatchSize',
  'classWeight',
  'callbacks',
  'signal',
] as const satisfies readonly (keyof TrainingOptions)[];

export const fitOptionNames = [
  ...trainingNames,
  'batchSize',
  'validationData',
  'validationSplit',
  'shuffle',
  'sampleWeight',
  'stepsPerEpoch',
] as const satisfies readonly (keyof FitOptions)[];

export const fitDatasetOptionNames = [
  ...trainingNames,
  'batchesPerEpoch',
  'validationData',
  'validationBatches',
] as const satisfies readonly (keyof FitDatasetOptions)[];

/** The options of a training run, checked, with their defaults. */
export interface Schedule {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly verbose: 0 | 1 | 2;
  readonly validationFreq: number;
  readonly callbacks: readonly Callback[];
  readonly signal: StopSignal | undefined;
}

/** Checks the options that fit() and fitDataset() share. */
export function toSchedule(place: string, options: TrainingOptions): Schedule {
  // Checked also where nothing is validated.
  wholeNumber(place, 'validationBatchSize', options.validationBatchSize ?? 1, 1);
  const epochs = wholeNumber(place, 'epochs', options.epochs ?? 1, 0);
  const initialEpoch = wholeNumber(place, 'initialEpoch', options.initialEpoch ?? 0, 0);
  return {
    epochs,
    initialEpoch,
    verbose: toVerbose(place, options.verbose ?? 1),
    validationFreq: wholeNumber(place, 'validationFreq', options.validationFreq ?? 1, 1),
    callbacks: toCallbacks(place, options.callbacks),
    signal: toSignal(place, options.signal),
  };
}

export function toVerbose(place: string, value: unknown): 0 | 1 | 2 {
  if (value === 0 || value === 1 || value === 2) return value;
  throw new OptionError(`verbose is ${shown(value)}; expected 0, 1 or 2`, { place });
}

export function toSignal(place: string, value: unknown): StopSignal | undefined {
  if (value === undefined) return undefined;
  // By its form: signals of other realms and of polyfills do as well.
  const listens = ['addEventListener', 'removeEventListener'].every(
    (name) => hasMember(value, name) && typeof value[name] === 'function',
  );
  if (listens && hasMember(value, 'aborted') && typeof value.aborted === 'boolean') {
    return value as unknown as StopSignal;
  }
  throw new OptionError(`signal is ${shown(value)}; expected an AbortSignal`, { place });
}

/** The samples in a step, by default 32; a larger size is cut to the rows there are. */
export function toBatchSize(place: string, option: string, value: unknown, rows: number): number {
  return Math.min(wholeNumber(place, option, value ?? 32, 1), rows);
}

/** The rows to train on, from the front; the others are for validation. */
export function toTrainingRows(place: string, options: FitOptions, rows: number): number {
  const { validationSplit, validationData } = options;
  const split = realNumber(place, 'validationSplit', validationSplit ?? 0);
  if (split < 0 || split >= 1) {
    throw new OptionError(`validationSplit is ${split}; expected at least 0 and less than 1`, {
      place,
    });
  }
  if (split === 0) return rows;
  if (validationData !== undefined) {
    throw new OptionError('pass validationData or validationSplit, not both', { place });
  }
  const training = Math.floor(rows * (1 - split));
  if (training > 0 && training < rows) return training;
  throw new OptionError(
    `validationSplit ${split} of ${rows} samples leaves none to ${training > 0 ? 'validate' : 'train'} on`,
    { place },
  );
}

export function toShuffle(place: string, value: unknown): boolean {
  return trueOrFalse(place, 'shuffle', value ?? true);
}

function toCallbacks(place: string, value: CallbackArgument | undefined): readonly Callback[] {
  if (value === undefined) return [];
  const limits = { longest: 10_000, expected: 'callbacks or hooks' };
  const list = listOf(place, 'callbacks', isArray(value) ? value : [value], limits);
  return list.map((callback) => {
    if (isCallback(callback)) return withHooks(place, callback);
    if (isPlain(callback)) return new LambdaCallback(callback);
    throw new OptionError(`callbacks has ${shown(callback)}; expected callbacks or hooks`, {
      place,
    });
  });
}

const hookNames = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd'] as const;
const batchHookNames = ['onBatchBegin', 'onBatchEnd', 'handlesError'] as const;

/** The callback, each of whose hooks is absent or a function. */
function withHooks(place: string, callback: Callback): Callback {
  for (const name of [...hookNames, ...batchHookNames]) {
    const hook: unknown = Reflect.get(callback, name);
    if (hook !== undefined) functionOf(place, `a callback's ${name}`, hook, 'its logs');
  }
  return callback;
}

/** Also of another copy of this package, as its ESM and CommonJS builds are. */
function isCallback(value: unknown): value is Callback {
  if (isInstance(value, Callback)) return true;
  const methods = ['setModel', 'setParams'] as const;
  return methods.every((name) => hasMember(value, name) && typeof value[name] === 'function');
}
