import { layers, type SymbolicTensor } from 'node-cudnn';

export interface NormalizedConvolution {
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides?: number;
  readonly groups?: number;
}

/** Convolution without bias, batch normalization; 'same' padding. */
export function normalized(x: SymbolicTensor, options: NormalizedConvolution): SymbolicTensor {
  const convolution = layers.conv2d({ ...options, padding: 'same', useBias: false });
  return layers.batchNormalization().apply(convolution.apply(x));
}

/** The same and ReLU. */
export function normalizedRelu(x: SymbolicTensor, options: NormalizedConvolution): SymbolicTensor {
  return layers.reLU().apply(normalized(x, options));
}

/** Global average pooling and a dense layer with softmax. */
export function classifier(x: SymbolicTensor, classes: number): SymbolicTensor {
  const pooled = layers.globalAveragePooling2d().apply(x);
  return layers.dense({ units: classes, activation: 'softmax' }).apply(pooled);
}
