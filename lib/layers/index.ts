import { Activation, type ActivationOptions } from './activation.js';
import { Add } from './add.js';
import { AveragePooling2D } from './averagePooling2d.js';
import { BatchNormalization, type BatchNormalizationOptions } from './batchNormalization.js';
import { Concatenate, type ConcatenateOptions } from './concatenate.js';
import { Conv2D, type Conv2DOptions } from './conv2d.js';
import { Dense, type DenseOptions } from './dense.js';
import { Dropout, type DropoutOptions } from './dropout.js';
import { ELU, type ELUOptions } from './elu.js';
import { Flatten, type FlattenOptions } from './flatten.js';
import {
  GlobalAveragePooling2D,
  type GlobalAveragePooling2DOptions,
} from './globalAveragePooling2d.js';
import { InputLayer, type InputLayerOptions } from './inputLayer.js';
import type { LayerOptions } from './layerOptions.js';
import { LeakyReLU, type LeakyReLUOptions } from './leakyReLU.js';
import {
  LocalResponseNormalization,
  type LocalResponseNormalizationOptions,
} from './localResponseNormalization.js';
import { MaxPooling2D } from './maxPooling2d.js';
import { Permute, type PermuteOptions } from './permute.js';
import type { Pooling2DOptions } from './pooling2d.js';
import { ReLU } from './reLU.js';
import { Rescaling, type RescalingOptions } from './rescaling.js';
import { Reshape, type ReshapeOptions } from './reshape.js';
import { Softmax, type SoftmaxOptions } from './softmax.js';
import { UpSampling2D, type UpSampling2DOptions } from './upSampling2d.js';

/** Makes layers, by their tfjs names. */
export const layers = {
  inputLayer: (options: InputLayerOptions): InputLayer => new InputLayer(options),
  conv2d: (options: Conv2DOptions): Conv2D => new Conv2D(options),
  maxPooling2d: (options?: Pooling2DOptions): MaxPooling2D => new MaxPooling2D(options),
  averagePooling2d: (options?: Pooling2DOptions): AveragePooling2D => new AveragePooling2D(options),
  globalAveragePooling2d: (options?: GlobalAveragePooling2DOptions): GlobalAveragePooling2D =>
    new GlobalAveragePooling2D(options),
  localResponseNormalization: (
    options?: LocalResponseNormalizationOptions,
  ): LocalResponseNormalization => new LocalResponseNormalization(options),
  batchNormalization: (options?: BatchNormalizationOptions): BatchNormalization =>
    new BatchNormalization(options),
  dense: (options: DenseOptions): Dense => new Dense(options),
  flatten: (options?: FlattenOptions): Flatten => new Flatten(options),
  reshape: (options: ReshapeOptions): Reshape => new Reshape(options),
  permute: (options: PermuteOptions): Permute => new Permute(options),
  upSampling2d: (options?: UpSampling2DOptions): UpSampling2D => new UpSampling2D(options),
  dropout: (options: DropoutOptions): Dropout => new Dropout(options),
  activation: (options: ActivationOptions): Activation => new Activation(options),
  reLU: (options?: LayerOptions): ReLU => new ReLU(options),
  leakyReLU: (options?: LeakyReLUOptions): LeakyReLU => new LeakyReLU(options),
  elu: (options?: ELUOptions): ELU => new ELU(options),
  softmax: (options?: SoftmaxOptions): Softmax => new Softmax(options),
  add: (options?: LayerOptions): Add => new Add(options),
  concatenate: (options?: ConcatenateOptions): Concatenate => new Concatenate(options),
  rescaling: (options: RescalingOptions): Rescaling => new Rescaling(options),
};

export type {
  ActivationOptions,
  BatchNormalizationOptions,
  ConcatenateOptions,
  Conv2DOptions,
  DenseOptions,
  DropoutOptions,
  ELUOptions,
  FlattenOptions,
  GlobalAveragePooling2DOptions,
  InputLayerOptions,
  LeakyReLUOptions,
  LocalResponseNormalizationOptions,
  PermuteOptions,
  Pooling2DOptions,
  RescalingOptions,
  ReshapeOptions,
  SoftmaxOptions,
  UpSampling2DOptions,
};
