import type { Logs, TrainableModel } from '../model/trainable.js';

/** Where the time of the current epoch went, in milliseconds; updated after every step. */
export interface TrainingTiming {
  /** Waiting for the next batch. */
  dataWait: number;
  /** Since the epoch's first batch was asked for. */
  elapsed: number;
}

/** What fit() tells its callbacks before training starts. */
export interface TrainingParams {
  /** The epoch to stop before, counted from 0. */
  readonly epochs: number;
  readonly initialEpoch: number;
  /** Steps in an epoch; undefined when the data set does not say. */
  readonly steps?: number;
  /** Samples in an epoch; undefined when the data set does not say. */
  readonly samples?: number;
  readonly verbose: 0 | 1 | 2;
  /** The keys that epoch logs have, 'val_' ones included. */
  readonly metrics: readonly string[];
  readonly timing: Readonly<TrainingTiming>;
}

/**
 * The base of all callbacks. Override any hook; each may be async, and training waits for it.
 * Epochs and batches count from 0.
 */
export abstract class Callback {
  /**
   * Whether onBatchEnd needs the running means of every batch. When no callback does, the means
   * that it receives may be up to 0.2 s old.
   */
  everyBatch = false;

  /** The model in training; set before onTrainBegin. */
  model: TrainableModel | undefined;
  /** What fit() tells of the run; set before onTrainBegin. */
  params: TrainingParams | undefined;

  setModel(model: TrainableModel): void {
    this.model = model;
  }

  setParams(params: TrainingParams): void {
    this.params = params;
  }

  onTrainBegin?(): void | Promise<void>;
  /** Runs also when training fails or is aborted; `failure` is then the reason. */
  onTrainEnd?(logs: Logs, failure?: unknown): void | Promise<void>;
  onEpochBegin?(epoch: number): void | Promise<void>;
  /** `logs` has the epoch's means, with 'val_' keys after a validation; values added here stay. */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  /** `logs` has 'batch' and 'size', the samples in it. */
  onBatchBegin?(batch: number, logs: Logs): void | Promise<void>;
  /** `logs` has the epoch's running means besides 'batch' and 'size'. */
  onBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  /** Return true to end training quietly instead of rejecting with `error`. */
  handlesError?(error: unknown): boolean;
}
