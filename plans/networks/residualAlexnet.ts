import {
  input,
  layers,
  model,
  train,
  type LayersModel,
  type ModelOptions,
  type SymbolicTensor,
} from 'node-cudnn';

interface Convolution {
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides?: number;
}

function convolution(name: string, options: Convolution, x: SymbolicTensor): SymbolicTensor {
  return layers.conv2d({ name, padding: 'same', activation: 'relu', ...options }).apply(x);
}

function normalized(name: string, options: Convolution, x: SymbolicTensor): SymbolicTensor {
  const y = convolution(name, options, x);
  return layers.batchNormalization({ name: `${name}norm` }).apply(y);
}

/** 1x1, 3x3 and 1x1 convolutions around which the input goes; projected to as many channels. */
function residualBlock(name: string, filters: number, x: SymbolicTensor): SymbolicTensor {
  let y = normalized(`${name}a`, { filters: filters / 4, kernelSize: 1 }, x);
  y = normalized(`${name}b`, { filters: filters / 4, kernelSize: 3 }, y);
  y = normalized(`${name}c`, { filters, kernelSize: 1 }, y);
  const shortcut =
    x.shape.at(-1) === filters
      ? x
      : layers.conv2d({ name: `${name}shortcut`, filters, kernelSize: 1 }).apply(x);
  const sum = layers.add({ name: `${name}sum` }).apply([y, shortcut]);
  return layers.reLU({ name: `${name}relu` }).apply(sum);
}

function pooled(name: string, x: SymbolicTensor): SymbolicTensor {
  return layers.maxPooling2d({ name, poolSize: 3, strides: 2 }).apply(x);
}

function hidden(name: string, x: SymbolicTensor): SymbolicTensor {
  const y = layers.dense({ name, units: 4096, activation: 'relu' }).apply(x);
  return layers.dropout({ name: `${name}drop`, rate: 0.5 }).apply(y);
}

/**
 * AlexNet with residual blocks and batch normalization, for 32x32x3 images and ten classes:
 * 22,254,090 parameters.
 */
export function residualAlexnet(options: ModelOptions): LayersModel {
  const image = input({ shape: [32, 32, 3], name: 'image' });
  let x = normalized('conv1', { filters: 96, kernelSize: 11, strides: 4 }, image);
  x = residualBlock('block1', 256, pooled('pool1', x));
  x = normalized('conv2', { filters: 256, kernelSize: 5 }, x);
  x = residualBlock('block2', 384, pooled('pool2', x));
  x = convolution('conv3', { filters: 384, kernelSize: 3 }, x);
  x = residualBlock('block3', 384, x);
  x = convolution('conv4', { filters: 256, kernelSize: 3 }, x);
  x = hidden('fc2', hidden('fc1', layers.flatten({ name: 'flatten' }).apply(x)));
  const outputs = layers.dense({ name: 'fc3', units: 10, activation: 'softmax' }).apply(x);
  const network = model({ ...options, name: 'residual', inputs: image, outputs });
  network.compile({
    optimizer: train.adam({ learningRate: 0.001, epsilon: 1e-8 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return network;
}
