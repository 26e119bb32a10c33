import type { Logs } from '../model/trainable.js';
import type { CallbackModel } from './callbackModel.js';

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
  /**
   * The running means of the losses and metrics of the epoch, empty before its first reading; up
   * to 0.2 s old where no callback reads every batch.
   */
  readonly means: () => Readonly<Logs>;
}

/**
 * The base of all callbacks. Override any hook; each may be async, and training waits for it.
 * Epochs and batches count from 0.
 */
export abstract class Callback {
  /**
   * Whether onBatchEnd needs the losses and metrics of the batch: false spares training a wait
   * after each step. Default: whether there is an onBatchEnd.
   */
  everyBatch: boolean | undefined = undefined;

  /**
   * The model in training, for predictions, evaluations, weights and files between two steps; set
   * before onTrainBegin.
   */
  model: CallbackModel | undefined;
  /** What fit() tells of the run; set before onTrainBegin. */
  params: TrainingParams | undefined;

  setModel(model: CallbackModel): void {
    this.model = model;
  }

  setParams(params: TrainingParams): void {
    this.params = params;
  }

  onTrainBegin?(): void | Promise<void>;
  /** Runs also when training fails or is aborted; `failure` is then the reason. */
  onTrainEnd?(logs: Logs, failure?: unknown): void | Promise<void>;
  /** `logs` is empty, as in Keras. */
  onEpochBegin?(epoch: number, logs: Logs): void | Promise<void>;
  /** `logs` has the epoch's means, with 'val_' keys after a validation; values added here stay. */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  /** `logs` has 'batch' and 'size', the samples in it. */
  onBatchBegin?(batch: number, logs: Logs): void | Promise<void>;
  /** `logs` has 'batch' and 'size', and the losses and metrics of this batch: see everyBatch. */
  onBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  /** Return true to end training quietly instead of rejecting with `error`. */
  handlesError?(error: unknown): boolean;
}
