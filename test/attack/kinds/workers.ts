import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { layers, sequential } from 'node-cudnn';
import type { Kind } from '../kind.js';
import { Random } from '../random.js';

const program = fileURLToPath(new URL('../programs/trains.js', import.meta.url));

/** Starts a thread that trains, and ends it at some moment: while it loads, trains or saves. */
async function endInMidTraining(random: Random, folder: string): Promise<void> {
  const worker = new Worker(program, { workerData: { seed: random.int(0, 1e6), folder } });
  const failed = new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => {
      resolve();
    });
  });
  const started = new Promise<void>((resolve) => worker.once('message', resolve));
  const wait = random.int(0, 300);
  if (random.chance(0.7)) await Promise.race([started, failed]);
  await new Promise((resolve) => setTimeout(resolve, wait));
  await worker.terminate();
  await failed;
}

/** This thread goes on computing right numbers meanwhile. */
async function trainHere(steps: number): Promise<number> {
  const model = sequential({
    seed: 3,
    layers: [layers.dense({ units: 4, inputShape: [8] }), layers.dense({ units: 1 })],
  });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const x = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
  const y = Float32Array.from({ length: 8 }, (_, i) => Math.cos(i));
  let loss = NaN;
  for (let i = 0; i < steps; i++) {
    loss = (await model.trainOnBatch(x, y)).loss;
  }
  await model.dispose();
  return loss;
}

export const kind: Kind = {
  describe: 'worker threads ended in mid-training, many at once',
  batch: 4,
  seconds: 120,
  // A thread that ends in the midst of a call of fs/promises finds no memory for its promise:
  // Node.js 20 looks for it by an assertion. https://github.com/nodejs/node/issues/43499 is alike.
  endedByNode: /node::fs::\w+[^#]*# *Assertion failed: \(req_wrap\) != nullptr/,
  async run(seed, { folder }) {
    const random = new Random(seed);
    const alone = await trainHere(40);
    const threads = Array.from({ length: random.int(1, 6) }, () =>
      endInMidTraining(new Random(random.int(0, 2 ** 31)), folder),
    );
    const beside = await trainHere(40);
    await Promise.all(threads);
    if (!Number.isFinite(alone) || !Object.is(alone, beside)) {
      throw new Error(`the loss is ${beside} beside threads that end, ${alone} without`);
    }
  },
};
