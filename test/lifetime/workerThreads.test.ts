import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { nativeAddon } from '../../lib/native/addon.js';
import { addonFile } from './addonFile.js';
import { batchOf, tinyModel, tinyRowElements, training } from './models.js';

const addon = nativeAddon();
const steps = 200;

interface Trained {
  readonly weights: Float32Array[];
  readonly live: number;
  readonly code: string;
}

async function trainInWorker(backend: string): Promise<Trained> {
  const worker = new Worker(join(__dirname, 'children', 'trains.cjs'), {
    workerData: {
      addonFile,
      model: tinyModel(backend),
      training,
      batch: batchOf(8, tinyRowElements),
      steps,
    },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function trainHere(backend: string): Promise<Float32Array[]> {
  const program = new addon.Program(tinyModel(backend));
  await program.configureTraining(training);
  await program.initialize();
  for (let i = 0; i < steps; i += 1) await program.train(batchOf(8, tinyRowElements), 0.1);
  const weights = await program.getWeights();
  await program.dispose();
  return weights;
}

test.each(addon.backendNames())(
  'the main thread and two worker threads train at once on %s',
  async (backend) => {
    const [here, first, second] = await Promise.all([
      trainHere(backend),
      trainInWorker(backend),
      trainInWorker(backend),
    ]);
    for (const { weights, live, code } of [first, second]) {
      expect(weights.map((values) => Array.from(values))).toEqual(
        here.map((values) => Array.from(values)),
      );
      // Each thread counts its own programs and has its own error class.
      expect(live).toBe(1);
      expect(code).toBe('worker ERR_DISPOSED');
    }
    expect(addon.liveHandles()).toBe(0);
  },
);
