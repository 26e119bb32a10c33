// everyday.js SEED FILE MEBIBYTES: makes a network, then limits its address space to so much more than
// it has, and trains, predicts, resizes images, saves and loads. Ends with status 3 and the code of
// an error of the package.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  data,
  layers,
  loadLayersModel,
  NodeCudnnError,
  sequential,
  zeros,
  type Sequential,
} from 'node-cudnn';
import { Random } from '../random.js';

const [seed = '', file = '', mebibytes = ''] = process.argv.slice(2);
const random = new Random(Number(seed));
const side = random.pick([32, 64, 96]);
const rows = random.pick([8, 64]);
const x = zeros([rows, side, side, 3]);
const y = new Int32Array(rows);
const image = zeros([1, 64, 64, 3], 'uint8');

function network(units: number): Sequential {
  const model = sequential({
    backend: random.pick(['cpu', 'cpu', 'reference']),
    layers: [
      layers.conv2d({ inputShape: [side, side, 3], filters: 16, kernelSize: 3, strides: 4 }),
      layers.maxPooling2d({ poolSize: 3, strides: 3 }),
      layers.flatten(),
      layers.dense({ units, activation: 'relu' }),
      layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return model;
}

function limitMemory(): void {
  const now = Number(/^VmSize:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  const bytes = Math.round((now + Number(mebibytes) * 1024) * 1024);
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), `--as=${bytes}`]);
  if (status !== 0) throw new Error('prlimit failed');
}

async function everyday(): Promise<void> {
  const model = network(random.pick([10, 1000, 10_000]));
  const steps = [
    () => model.fit(x, y, { verbose: 0, batchSize: rows / 2 }),
    () => model.predict(x),
    () => data.resizeWithPad(image, random.pick([100, 2000]), 2000),
    () => model.getWeights(),
    () => model.save(file),
  ];
  for (const step of random.shuffled(steps)) await step();
  await model.save(file);
  const loaded = await loadLayersModel(file);
  await loaded.predict(x);
  await Promise.all([model.dispose(), loaded.dispose()]);
}

// Loads all code, so that what fails later is memory for numbers.
const first = network(2);
await first.fit(x, y, { verbose: 0 });
await first.save(file);
await first.dispose();
limitMemory();
try {
  await everyday();
} catch (error) {
  if (!(error instanceof NodeCudnnError)) throw error;
  process.stdout.write(`${error.code} ${error.message}\n`);
  process.exitCode = 3;
}
