export { Callback, type TrainingParams, type TrainingTiming } from './callback.js';
export type { CallbackModel } from './callbackModel.js';
export { CSVLogger, csvLogger, type CSVLoggerOptions } from './csvLogger.js';
export { EarlyStopping, earlyStopping, type EarlyStoppingOptions } from './earlyStopping.js';
export { History } from './history.js';
export { customCallback, LambdaCallback, type CallbackHooks } from './lambdaCallback.js';
export {
  LearningRateScheduler,
  learningRateScheduler,
  ReduceLROnPlateau,
  reduceLROnPlateau,
  type LearningRateSchedule,
  type ReduceLROnPlateauOptions,
} from './learningRate.js';
export {
  ModelCheckpoint,
  modelCheckpoint,
  type ModelCheckpointOptions,
} from './modelCheckpoint.js';
export type { MonitorMode, MonitorName, MonitorOptions } from './monitor.js';
export { ProgbarLogger } from './progbarLogger.js';
export { TerminateOnNaN, terminateOnNaN } from './terminateOnNaN.js';
