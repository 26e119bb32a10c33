// First: a bundle is told what it is before another part of it fails.
import './native/packageRoot.js';

export * as callbacks from './callbacks/index.js';
export {
  Callback,
  EarlyStopping,
  History,
  ModelCheckpoint,
  type CallbackHooks,
  type CallbackModel,
  type EarlyStoppingOptions,
  type ModelCheckpointOptions,
  type TrainingParams,
} from './callbacks/index.js';
export { listDevices, type Device } from './cuda/devices.js';
export * as data from './data/index.js';
export * from './errors/errors.js';
export { NodeCudnnError, type ErrorCode, type ErrorOptions } from './errors/nodeCudnnError.js';
export { readSafetensors, writeSafetensors, type Safetensors } from './formats/safetensors.js';
export { loadLayersModel, type LoadModelOptions } from './formats/loadLayersModel.js';
export type { LoadWeightsOptions } from './formats/loadWeights.js';
export type { SaveOptions } from './formats/saveModel.js';
export { initializers } from './initializers/index.js';
export {
  Initializer,
  type InitializerConfig,
  type InitializerName,
  type InitializerOption,
} from './initializers/initializer.js';
export type { ActivationName } from './layers/activationFunction.js';
export * from './layers/index.js';
export { input, type InputOptions } from './layers/inputLayer.js';
export { Layer } from './layers/layer.js';
export type { LayerOptions, LayerWeight } from './layers/layerOptions.js';
export type { LayerLowering, LoweredOp } from './layers/lowering.js';
export { registerLayer } from './layers/registry.js';
export type { BatchShape, SampleShape } from './layers/shape.js';
export { SymbolicTensor, type Applied } from './layers/symbolicTensor.js';
export type { Padding } from './layers/window2d.js';
export { Loss, losses, type LossAlias, type LossName, type LossOptions } from './losses/loss.js';
export { Metric, metrics, type MetricName, type MetricOption } from './metrics/metric.js';
export type { BackendName, BackendOptions, Precision } from './model/backendOptions.js';
export { Model, type ModelClassOptions } from './model/classModel.js';
export type { CompileArgs } from './model/compile.js';
export { model, type FunctionalOptions, type PredictionOf } from './model/functional.js';
export type { LossOption } from './model/lossOptions.js';
export { LayersModel, type AppliedOf } from './model/layersModel.js';
export { modelFromJSON } from './model/modelFromJSON.js';
export type { ModelPlan } from './model/nativeModel.js';
export type { ModelOptions, WeightInfo } from './model/modelStructure.js';
export { Sequential, sequential, type SequentialOptions } from './model/sequential.js';
export type { Sharing } from './model/sharing.js';
export type { SummaryData, SummaryRow } from './model/summaryData.js';
export type { ModelTopology } from './model/topology.js';
export type { Logs, LossLogs, Prediction } from './model/trainable.js';
export type {
  CommandDescription,
  CommandProfile,
  NativeProgram,
  PlanDescription,
} from './native/program.js';
export { alexnet } from './models/alexnet.js';
export { alexnet8, type Alexnet8Options } from './models/alexnet8.js';
export type { AlexnetOptions, LrnOptions } from './models/alexnetOptions.js';
export { setLogger, type Logger } from './notices.js';
export { Optimizer } from './optimizers/optimizer.js';
export type { AdamOptions } from './optimizers/adam.js';
export type { SgdOptions } from './optimizers/sgd.js';
export type { OptimizerName } from './optimizers/resolve.js';
export { train } from './optimizers/train.js';
export {
  L1L2,
  regularizers,
  type RegularizerName,
  type RegularizerOption,
} from './regularizers/regularizer.js';
export {
  oneHot,
  ones,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  tensor4d,
  zeros,
} from './tensor/create.js';
export { Tensor, type DType, type Shape, type TensorData } from './tensor/tensor.js';
export type { TypedArray } from './tensor/typedArray.js';
export * from './train/index.js';
