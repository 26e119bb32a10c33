import { layers, sequential } from 'node-cudnn';
import type { BenchNetwork } from './benchNetwork.js';

/** Keras's MNIST example, without dropout. */
export const convnet: BenchNetwork = {
  name: 'convnet',
  batches: [32, 128],
  inputShape: [28, 28, 1],
  targetShape: [],
  classes: 10,
  optimizer: 'adam',
  make: () =>
    sequential({
      layers: [
        layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
        layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 128, activation: 'relu' }),
        layers.dense({ units: 10, activation: 'softmax' }),
      ],
    }),
};
