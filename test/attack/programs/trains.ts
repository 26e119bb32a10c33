// A worker thread that trains, predicts and saves until it is ended.
import { join } from 'node:path';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { layers, sequential, train } from 'node-cudnn';
import { Random } from '../random.js';

const { seed, folder } = workerData as { seed: number; folder: string };
const random = new Random(seed);
const filters = random.pick([3, 8, 16]);
const model = sequential({
  backend: random.pick(['cpu', 'reference']),
  layers: [
    layers.conv2d({ filters, kernelSize: 3, inputShape: [8, 8, 3], activation: 'relu' }),
    layers.batchNormalization(),
    layers.dropout({ rate: 0.2 }),
    layers.flatten(),
    layers.dense({ units: 4, activation: 'softmax' }),
  ],
});
model.compile({
  optimizer: random.pick([train.sgd({ learningRate: 0.01, momentum: 0.9 }), train.adam()]),
  loss: 'sparseCategoricalCrossentropy',
});
const x = random.floats(16 * 8 * 8 * 3);
const y = Int32Array.from({ length: 16 }, () => random.int(0, 3));
parentPort?.postMessage('started');
for (;;) {
  await model.fit(x, y, { batchSize: random.pick([3, 8, 16]), epochs: 1, verbose: 0 });
  if (random.chance(0.3)) await model.predict(x);
  if (random.chance(0.3)) await model.save(join(folder, `worker-${threadId}.safetensors`));
}
