import { input, layers, model, type SymbolicTensor } from 'node-cudnn';
import type { BenchNetwork } from './benchNetwork.js';

function convolution(x: SymbolicTensor, filters: number, kernelSize: number): SymbolicTensor {
  return layers.conv2d({ filters, kernelSize, padding: 'same', activation: 'relu' }).apply(x);
}

function fire(x: SymbolicTensor, squeeze: number, expand: number): SymbolicTensor {
  const squeezed = convolution(x, squeeze, 1);
  return layers
    .concatenate()
    .apply([convolution(squeezed, expand, 1), convolution(squeezed, expand, 3)]);
}

function pool(x: SymbolicTensor): SymbolicTensor {
  return layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(x);
}

/** SqueezeNet 1.1's fire modules (Iandola and others 2016), for small images and without dropout. */
export const squeezenet: BenchNetwork = {
  name: 'squeezenet',
  batches: [32],
  inputShape: [64, 64, 3],
  targetShape: [],
  classes: 10,
  optimizer: 'sgd',
  make: () => {
    const image = input({ shape: [64, 64, 3] });
    const first = layers.conv2d({ filters: 64, kernelSize: 3, strides: 2, activation: 'relu' });
    let x = pool(first.apply(image));
    x = pool(fire(fire(x, 16, 64), 16, 64));
    x = pool(fire(fire(x, 32, 128), 32, 128));
    x = fire(fire(x, 48, 192), 64, 256);
    x = layers.globalAveragePooling2d().apply(convolution(x, 10, 1));
    return model({ inputs: image, outputs: layers.softmax().apply(x) });
  },
};
