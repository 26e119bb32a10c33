import { layers, sequential, train } from '../../lib/index.js';
import type { LayersModel, Optimizer, Sequential } from '../../lib/index.js';

/** Rows of 6x6x1 in three classes: the third of the image that is bright. */
export function stripes(count: number): { x: Float32Array; y: Int32Array } {
  const y = Int32Array.from({ length: count }, (_, i) => (7 * i) % 3);
  const x = Float32Array.from({ length: count * 36 }, (_, i) => {
    const row = Math.floor(i / 36);
    const bright = Math.floor((i % 36) / 12) === y[row];
    return 0.4 * Math.sin(12.9898 * i) + (bright ? 1 : 0);
  });
  return { x, y };
}

/** A small network with everything that has state: batch averages, dropout, optimizer. */
export function smallNetwork(
  optimizer: Optimizer = train.sgd({ learningRate: 0.05, momentum: 0.9 }),
  seed = 5,
): Sequential {
  const model = sequential({
    seed,
    layers: [
      layers.conv2d({ inputShape: [6, 6, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.flatten(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** The values of all weights, for comparisons bit for bit. */
export async function weightBits(model: LayersModel): Promise<Uint32Array[]> {
  const weights = await model.getWeights();
  return weights.map(
    ({ values }) => new Uint32Array(values.buffer, values.byteOffset, values.length),
  );
}
