/**
 * Trains AlexNet8 by the protocol of a reference curve that Keras and PyTorch measured, and compares:
 * the first 12,800 training images of Fashion-MNIST, padded to 32x32 with three equal channels, in
 * [0,1]; batch 32, no shuffling, Adam .001, one epoch; three seeds.
 *
 *   node dist/bench/referenceCurve.js [--seeds 3] [--write docs/results/reference-curve.md]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { alexnet8, data, train, type Tensor } from 'node-cudnn';

const { values: options } = parseArgs({
  options: { seeds: { type: 'string', default: '3' }, write: { type: 'string' } },
});

const trainImages = 12800;
const testImages = 2000;
const batchSize = 32;
const bucketSteps = 50;

/** Keras, mean of three seeds: mean training loss of each 50 steps. */
const keras = [1.8446, 0.9464, 0.7188, 0.7467, 0.6822, 0.671, 0.6014, 0.6276];
/** A right implementation's epoch loss, and how far a bucket after the first may lie from Keras. */
const epochLoss = { minimum: 0.83, maximum: 0.87, keras: 0.8548 };
const bucketTolerance = 0.06;

interface Curve {
  readonly buckets: number[];
  readonly loss: number;
  readonly accuracy: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function asColour(images: Tensor, count: number): Tensor {
  return data.repeatChannels(data.padImages(images.slice(0, count), 32, 32), 3);
}

async function measure(seed: number): Promise<Curve> {
  const fashion = await data.fashionMnist();
  const images = asColour(fashion.train.images, trainImages);
  await using model = alexnet8({ seed, inputScale: 1 / 255 });
  model.compile({
    optimizer: train.adam(0.001),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const losses: number[] = [];
  for (let first = 0; first < trainImages; first += batchSize) {
    const logs = await model.trainOnBatch(
      images.slice(first, batchSize),
      fashion.train.labels.slice(first, batchSize),
    );
    losses.push(logs.loss);
  }
  const buckets: number[] = [];
  for (let first = 0; first < losses.length; first += bucketSteps) {
    buckets.push(mean(losses.slice(first, first + bucketSteps)));
  }
  const score = await model.evaluate(
    asColour(fashion.test.images, testImages),
    fashion.test.labels.slice(0, testImages),
    { batchSize: 500 },
  );
  return { buckets, loss: mean(losses), accuracy: score.accuracy ?? NaN };
}

function report(curves: readonly Curve[]): { text: string; met: boolean } {
  const own = keras.map((_, i) => mean(curves.map((curve) => curve.buckets[i] ?? NaN)));
  const loss = mean(curves.map((curve) => curve.loss));
  const near = own.map((value, i) => Math.abs(value - (keras[i] ?? NaN)) <= bucketTolerance);
  const met =
    near.slice(1).every(Boolean) && loss >= epochLoss.minimum && loss <= epochLoss.maximum;
  const lines = [
    '# Reference curve',
    '',
    'AlexNet8 on the first 12,800 training images of Fashion-MNIST; Adam .001, batch 32, one epoch. Made by',
    '`node dist/bench/referenceCurve.js`; mean training loss of each 50 steps.',
    '',
    '| steps | Keras, mean of 3 seeds | node-cudnn, mean of ' +
      `${String(curves.length)} seeds | each seed |`,
    '| --- | ---: | ---: | --- |',
    ...own.map((value, i) => {
      const each = curves.map((curve) => (curve.buckets[i] ?? NaN).toFixed(4)).join(' ');
      const steps = `${String(i * bucketSteps)}-${String((i + 1) * bucketSteps - 1)}`;
      return `| ${steps} | ${(keras[i] ?? NaN).toFixed(4)} | ${value.toFixed(4)} | ${each} |`;
    }),
    `| epoch | ${epochLoss.keras.toFixed(4)} | ${loss.toFixed(4)} | ${curves.map((curve) => curve.loss.toFixed(4)).join(' ')} |`,
    '',
    `Accuracy on the first 2,000 test images: ${curves.map((curve) => curve.accuracy.toFixed(3)).join(', ')}`,
    '(Keras .741-.767, PyTorch .737-.795).',
    '',
    `The epoch loss lies in [${String(epochLoss.minimum)}, ${String(epochLoss.maximum)}] and every bucket after the first within ` +
      `${String(bucketTolerance)} of Keras's: ${met ? 'met' : 'NOT met'}.`,
    '',
  ];
  return { text: lines.join('\n'), met };
}

const curves: Curve[] = [];
for (let seed = 1; seed <= Number(options.seeds); seed++) {
  process.stderr.write(`seed ${String(seed)}\n`);
  curves.push(await measure(seed));
}
const { text, met } = report(curves);
console.log(text);
if (options.write !== undefined) {
  mkdirSync(dirname(options.write), { recursive: true });
  writeFileSync(options.write, text);
}
process.exitCode = met ? 0 : 1;
