import type { PluginFiles, PluginReport } from './plugin.js';

/**
 * The native side's types: what crosses the seam between lib/ and native/addon.
 * Value ids number the inputs first, then the output of each op, in order.
 */

/** A value of an op's attributes. */
export type AttributeValue = boolean | number | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Arrays that native code reads rows from. */
export type HostArray = Float32Array | Int32Array | Uint8Array;

export interface InputSpec {
  readonly name: string;
  /** Without the batch axis. */
  readonly shape: readonly number[];
}

export interface InitializerSpec {
  readonly kind: 'zeros' | 'ones' | 'constant' | 'uniform' | 'normal' | 'truncatedNormal';
  readonly attributes: Attributes;
}

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: InitializerSpec;
  readonly trainable: boolean;
  readonly l1: number;
  readonly l2: number;
  /** In the program's store: a whole number in [0, 2^53). Default: the program's alone. */
  readonly id?: number;
}

/** One forward op of docs/ops.md. */
export interface OpSpec {
  readonly type: string;
  readonly name: string;
  /** Value ids. */
  readonly inputs: readonly number[];
  /** Indices into the model's weights, -1 where an optional weight is absent. */
  readonly weights: readonly number[];
  readonly attributes: Attributes;
}

export interface ModelSpec {
  readonly backend: string;
  /** The backend's own: device, precision and so on for 'cuda'. Default: none. */
  readonly backendOptions?: Attributes;
  /** A whole number in [0, 2^53). */
  readonly seed: number;
  readonly inputs: readonly InputSpec[];
  readonly weights: readonly WeightSpec[];
  readonly ops: readonly OpSpec[];
  readonly outputs: readonly number[];
}

export interface LossSpec {
  /** Empty: no loss on this output. */
  readonly type: string;
  readonly weight: number;
  readonly fromLogits: boolean;
}

export interface MetricSpec {
  readonly type: string;
  readonly output: number;
  readonly attributes: Attributes;
  readonly weighted: boolean;
}

export interface OptimizerSpec {
  readonly type: string;
  readonly attributes: Attributes;
}

export interface TrainingSpec {
  /** One for each output. */
  readonly losses: readonly LossSpec[];
  readonly metrics: readonly MetricSpec[];
  readonly optimizer: OptimizerSpec;
}

/** Rows of host arrays: `indices` in order, or `size` rows from `first` on. */
export interface Batch {
  readonly size: number;
  readonly indices?: Int32Array;
  /** Default 0. */
  readonly first?: number;
  /** One for each input, each holding whole rows. */
  readonly inputs: readonly HostArray[];
  /** One for each output with a loss. */
  readonly targets?: readonly HostArray[];
  /** One for each output with a loss, or absent; a weight for each value but the last axis. */
  readonly sampleWeights?: readonly Float32Array[];
}

/** `sum / count` is the mean since the last reset. Names: 'loss/0', 'metric/0', 'penalty'. */
export interface Result {
  readonly name: string;
  readonly sum: number;
  readonly count: number;
}

export interface CommandProfile {
  readonly name: string;
  readonly work: string;
  readonly detail: string;
  readonly inStepMilliseconds: number;
  readonly bareMilliseconds: number;
  readonly flops: number;
}

/** One launch of a plan: an operation graph of cuDNN, a oneDNN primitive or a kernel. */
export interface CommandDescription {
  /** The op's name, or what is done for it: 'conv1: reorder nhwc to nChw16c'. */
  readonly name: string;
  readonly work: 'primitive' | 'reorder' | 'elementwise' | 'loss' | 'optimizer' | 'check';
  readonly phase: 'forward' | 'loss' | 'backward' | 'update';
  /** The operations that an operation graph does in one pass; empty for other commands. */
  readonly nodes: readonly string[];
  /** 16 hexadecimal digits that equal operation graphs share; '' for other commands. */
  readonly graphKey: string;
  /** The engine or implementation; after 'split: ', why operations are not in one pass. */
  readonly detail: string;
  /** Kernels that it starts; a primitive or plan of a library counts as one. */
  readonly launches: number;
  /** 0 for all but matrix products. */
  readonly flops: number;
  /** Of the buffers in `reads`, each whole and once. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Names of buffers. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Shape and layout of the first buffer written: '[64,55,55,96] nhwc'; '' for none. */
  readonly output: string;
  /** Workspace, while it runs. */
  readonly scratchBytes: number;
  /** Whether it holds a convolution, a matrix product or a gradient of either. */
  readonly matrix: boolean;
}

/** What one batch of one mode does: docs/plans.md. Sizes in bytes. */
export interface PlanDescription {
  readonly commands: readonly CommandDescription[];
  /** Activations, gradients and workspaces, sharing memory. */
  readonly arenaBytes: number;
  /** Weights, optimizer state and accumulators. */
  readonly persistentBytes: number;
  /** Of the first commands, which run only when weights have changed. */
  readonly constants: number;
  /** What those leave: weights in the layouts that the others ask for. */
  readonly constantBytes: number;
  /** Of all commands. */
  readonly launches: number;
  readonly flops: number;
  /** Read and written by all commands. */
  readonly bytes: number;
  /** Read and written by the commands that are not `matrix`. */
  readonly nonMatrixBytes: number;
  /** What those would move if each distinct tensor were read once and written once. */
  readonly leastNonMatrixBytes: number;
  /** '<command>: <reason>' of each fusion that was refused. */
  readonly splits: readonly string[];
}

export interface OptimizerState {
  readonly names: string[];
  readonly values: Float32Array[];
  /** Updates done. */
  readonly step: number;
}

/**
 * A compiled model. Every method that returns a promise runs on the thread of the program's store,
 * in the order of the calls on all programs of that store. Of arrays that are passed in, the rows
 * that a call needs are copied as it is made: they may change, or be transferred, once it has
 * returned.
 */
export interface NativeProgram {
  configureTraining(spec: TrainingSpec): Promise<void>;
  /** Allocates the weights and fills them from their initializers. */
  initialize(): Promise<void>;
  train(batch: Batch, learningRate: number): Promise<void>;
  /**
   * Adds the batch to the losses and metrics of this run, a whole number below 2^32 - 1 of the
   * caller's choice. Default 0, the run of the training: others leave its sums alone.
   */
  evaluate(batch: Batch, run?: number): Promise<void>;
  /** With `training` (default false) dropout and batch normalization do as in training. */
  predict(batch: Batch, training?: boolean): Promise<Float32Array[]>;
  gradients(batch: Batch): Promise<{ inputs: Float32Array[]; weights: Float32Array[] }>;
  /** The sums of a run (default 0) since its last reset; with `reset` they are forgotten. */
  results(reset: boolean, run?: number): Promise<Result[]>;
  getWeights(): Promise<Float32Array[]>;
  /** One array for each weight; null leaves a weight as it is. */
  setWeights(values: readonly (Float32Array | null)[]): Promise<void>;
  getOptimizerState(): Promise<OptimizerState>;
  setOptimizerState(state: OptimizerState): Promise<void>;
  explain(mode: 'predict' | 'evaluate' | 'train', batchSize: number): Promise<string>;
  /** As explain(), as data. Neither needs initialize(). */
  plan(mode: 'predict' | 'evaluate' | 'train', batchSize: number): Promise<PlanDescription>;
  profile(batch: Batch, repeats: number): Promise<CommandProfile[]>;
  /**
   * Waits for the calls made before it, then frees everything. Later calls are rejected with
   * ERR_DISPOSED, except another dispose().
   */
  dispose(): Promise<void>;
  /** True from the call of dispose() on. */
  readonly disposed: boolean;
  /** Bytes held in backend memory after the last call that settled, those of the store included. */
  readonly bytes: number;
}

/** A weight and its values, as a store takes them. */
export interface StoredWeight {
  readonly id: number;
  /** For errors. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Weights that programs share, by their ids, and the thread that these programs run on. What is
 * read and written comes behind the calls on them that were made before.
 */
export interface NativeStore {
  /** The values of these weights; null for one that has none, or that is not there. */
  read(ids: readonly number[]): Promise<(Float32Array | null)[]>;
  /** Makes those that are not there. ERR_SHAPE for one that has another shape. */
  write(weights: readonly StoredWeight[]): Promise<void>;
  /** Forgets these weights, at once. Programs that use one keep it until they are disposed. */
  release(ids: readonly number[]): void;
  /** Bytes of its weights and of its programs' activations after the last call that settled. */
  readonly bytes: number;
}

/** What the compiled addon exports. */
export interface NativeAddon {
  /**
   * Checks the specification; throws before anything is allocated. Default: a store of its own;
   * ERR_OPTION for one of another backend or of other options.
   */
  readonly Program: new (spec: ModelSpec, store?: NativeStore) => NativeProgram;
  readonly Store: new (backend: string, options?: Attributes) => NativeStore;
  /** Errors thrown or rejected by native code are made with this class. */
  setErrorClass(
    errorClass: new (message: string, options: { code: string; place: string }) => Error,
  ): void;
  opTypes(): string[];
  backendNames(): string[];
  /** Of what the addon was built with: onednn, napi, openmp, compiler, pluginBuild. */
  versions(): Record<string, string>;
  /**
   * Opens the files and adds the plugin's backend, for the whole process and for good; again it
   * does nothing. ERR_BACKEND names the file that cannot be opened, with the loader's words, or
   * the plugin's build where it is not the addon's.
   */
  loadPlugin(files: PluginFiles): { backend: string; build: string };
  /** Asks the driver about devices, on a thread of its own. ERR_BACKEND without a plugin. */
  pluginReport(): Promise<PluginReport>;
  /** Programs that are not disposed, in this environment. */
  liveHandles(): number;
  /**
   * Resizes images [count,height,width,channels] to [count,targetHeight,targetWidth,channels],
   * keeping the aspect ratio and padding with zeros; bilinear, half-pixel centres, no antialias.
   */
  resizeWithPad(
    images: Float32Array | Uint8Array,
    shape: readonly [number, number, number, number],
    targetHeight: number,
    targetWidth: number,
    scale: number,
  ): Promise<Float32Array>;
  /**
   * Fills an array with 0 to its length - 1, shuffled, at once. The seed is a whole number in
   * [0, 2^53), the epoch one in [0, 2^32).
   */
  shuffle(order: Int32Array, seed: number, epoch: number): void;
}
