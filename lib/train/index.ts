export type { ClassWeight, ClassWeights } from './classWeights.js';
export type { Dataset, DatasetBatch } from './dataset.js';
export type { EvaluateDatasetOptions, EvaluateOptions } from './evaluate.js';
export type {
  CallbackArgument,
  FitDatasetOptions,
  FitOptions,
  TrainingOptions,
} from './fitOptions.js';
export { interruptSignal, type InterruptSignal } from './interrupt.js';
export type { TestOnBatchOptions, TrainOnBatchOptions } from './onBatch.js';
export type { PredictOptions } from './predict.js';
export type { Predictor, PredictorOptions } from './predictor.js';
export type { NestedRows, SampleArray } from './rows.js';
export type { SampleData } from './samples.js';
export type { StopSignal } from './stopSignal.js';
