import {
  input,
  layers,
  model,
  sequential,
  train,
  type LayersModel,
  type ModelOptions,
} from 'node-cudnn';

/** Whether two images are of one class: both go through one encoder, a model within the model. */
export function siamese(options: ModelOptions): LayersModel {
  const encoder = sequential({
    ...options,
    name: 'encoder',
    layers: [
      layers.conv2d({
        name: 'conv1',
        filters: 32,
        kernelSize: 3,
        activation: 'relu',
        inputShape: [32, 32, 3],
      }),
      layers.maxPooling2d({ name: 'pool1' }),
      layers.conv2d({ name: 'conv2', filters: 64, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ name: 'pool2' }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'code', units: 128, activation: 'relu' }),
    ],
  });
  const inputs = ['left', 'right'].map((name) => input({ name, shape: [32, 32, 3] }));
  const codes = inputs.map((image) => encoder.apply(image));
  const both = layers.concatenate({ name: 'both' }).apply(codes);
  const same = layers.dense({ name: 'same', units: 1, activation: 'sigmoid' }).apply(both);
  const network = model({ ...options, name: 'siamese', inputs, outputs: same });
  network.compile({ optimizer: train.adam(0.001), loss: 'binaryCrossentropy' });
  return network;
}
