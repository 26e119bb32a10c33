import { layers, sequential, train, type LayersModel, type ModelOptions } from 'node-cudnn';

/** Batch normalization, one convolution, pooling, dense: 21,924 parameters, 6 not trainable. */
export function smallNetwork(options: ModelOptions): LayersModel {
  const network = sequential({
    ...options,
    name: 'small',
    layers: [
      layers.inputLayer({ name: 'image', inputShape: [100, 100, 3] }),
      layers.batchNormalization({ name: 'norm' }),
      layers.conv2d({ name: 'conv', filters: 10, kernelSize: 2, activation: 'relu' }),
      layers.maxPooling2d({ name: 'pool', poolSize: 3 }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'classes', units: 2, activation: 'softmax' }),
    ],
  });
  network.compile({
    optimizer: train.adam(0.001),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return network;
}
