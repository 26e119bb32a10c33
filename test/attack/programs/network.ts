import { layers, sequential, train, type Sequential } from 'node-cudnn';
import { Random } from '../random.js';

/** A small network with all kinds of state: batch averages, dropout masks, the optimizer's. */
export function statefulNetwork(seed: number): Sequential {
  const random = new Random(seed);
  const model = sequential({
    seed,
    backend: 'cpu',
    layers: [
      layers.conv2d({ inputShape: [6, 6, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.flatten(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  const optimizer = random.pick([train.sgd({ learningRate: 0.05, momentum: 0.9 }), train.adam()]);
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
  return model;
}

export const rows = 48;

/** Samples for it. */
export function samplesFor(seed: number): { x: Float32Array; y: Int32Array } {
  const random = new Random(seed);
  const x = random.floats(rows * 36);
  return { x, y: Int32Array.from({ length: rows }, () => random.int(0, 2)) };
}
