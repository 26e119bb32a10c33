// interrupted.cjs FILE: trains until Ctrl-C, then saves what was learned.
'use strict';
require('./typescript.cjs');
const { interruptSignal, layers, sequential } = require('../../../lib/index.ts');

async function main() {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [4] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const { signal, release } = interruptSignal();
  const onBatchEnd = (batch) => {
    if (batch === 2) process.stdout.write('training\n');
  };
  const options = { epochs: 1e6, verbose: 0, signal, callbacks: { onBatchEnd } };
  const x = new Float32Array(400).fill(0.5);
  try {
    await model.fit(x, new Float32Array(100).fill(1), { batchSize: 10, ...options });
  } catch (error) {
    process.stdout.write(`${error.code}\n`);
  }
  release();
  await model.save(process.argv[2]);
  await model.dispose();
  process.stdout.write(`left ${process.listenerCount('SIGINT')}\n`);
}

void main();
