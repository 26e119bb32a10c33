import type { Callback } from '../callbacks/callback.js';
import type { NativeProgram } from '../native/program.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { Tensor } from '../tensor/tensor.js';
import type { CallNeeds } from './modelCalls.js';

/** One input of a model, as the training loop needs it. */
export interface InputSlot {
  readonly name: string;
  /** Without the batch axis. */
  readonly shape: readonly number[];
}

/** One output of a model, as the training loop needs it. */
export interface OutputSlot {
  readonly name: string;
  /** Without the batch axis. */
  readonly shape: readonly number[];
  /** The compiled loss, or undefined where this output has none. */
  readonly loss?: string;
  /** The factor of this output's loss in the total (lossWeights of compile). Default 1. */
  readonly lossWeight?: number;
  /** 'labels': integers of shape `shape` without its last axis; 'dense': values of shape `shape`. */
  readonly target?: 'labels' | 'dense';
}

/** A metric that native code accumulates, in the order of TrainingSpec.metrics. */
export interface MetricSlot {
  /** The key in logs and history, 'accuracy' or 'digit_accuracy'. */
  readonly name: string;
}

/**
 * What lib/train needs of a model. LayersModel implements it; the training loop, callbacks and
 * file formats use nothing else.
 */
export interface TrainableModel {
  readonly name: string;
  readonly inputSlots: readonly InputSlot[];
  readonly outputSlots: readonly OutputSlot[];
  /** Empty before compile(). */
  readonly metricSlots: readonly MetricSlot[];
  /** Throws ERR_OPTION with "call compile() first" before compile(). */
  readonly optimizer: Optimizer;
  readonly isCompiled: boolean;
  /** The seed of weights, dropout and shuffling: a whole number in [0, 2^53). */
  readonly seed: number;
  /** Set to true (by a callback) to stop after the current step. */
  stopTraining: boolean;
  /** The native program, made and initialised when first asked for; ERR_DISPOSED afterwards. */
  program(): Promise<NativeProgram>;
  /** Begins a call on the program before anything, as compile(), can take its place. */
  useProgram<T>(call: (program: NativeProgram) => Promise<T>): Promise<T>;
  /** Runs `work` as the only training of the model; ERR_MODEL_BUSY while there is another. */
  exclusively<T>(method: string, work: () => Promise<T>): Promise<T>;
  /** Runs `work` beside a training; with 'losses', compile() is refused meanwhile. */
  alongside<T>(method: string, needs: CallNeeds, work: () => Promise<T>): Promise<T>;
  /**
   * Runs one batch of an evaluation or a prediction, when those that asked before have had theirs.
   * Two steps of a training have one batch between them at most.
   */
  betweenSteps<T>(batch: () => Promise<T>): Promise<T>;
  /** For callbacks: writes model files as LayersModel.save does. */
  save(path: string, options?: { includeOptimizer?: boolean }): Promise<void>;
  saveWeights(path: string): Promise<void>;
}

export type Logs = Record<string, number>;

/** The logs of batches that were computed: the loss is always among them. */
export type LossLogs = Logs & { readonly loss: number };

/** What a model predicts: a tensor, or a list of them for several outputs. */
export type Prediction = Tensor | Tensor[];

export type CallbackList = readonly Callback[];
