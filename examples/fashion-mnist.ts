/**
 * AlexNet on Fashion-MNIST resized to 224x224, as in the classic tutorial: prints every layer's
 * output shape, trains with SGD on random batches, saves the weights every 20 steps and evaluates
 * on 5,000 test images. A sigmoid ends the network; the cross-entropy is that of its logits.
 *
 *   node dist/examples/fashion-mnist.js [--epochs 5] [--steps 468] [--batch-size 128]
 *                                       [--test-images 5000] [--weights models/fashion-mnist]
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alexnet, callbacks, data, interruptSignal, train, type Tensor } from 'node-cudnn';

const { values: options } = parseArgs({
  options: {
    epochs: { type: 'string', default: '5' },
    steps: { type: 'string', default: '468' },
    'batch-size': { type: 'string', default: '128' },
    'test-images': { type: 'string', default: '5000' },
    weights: { type: 'string', default: 'models/fashion-mnist' },
  },
});
const batchSize = Number(options['batch-size']);
const testImages = Number(options['test-images']);

/** Batches of resized images, in a new order every epoch when shuffled. */
function resizedBatches(images: Tensor, labels: Tensor, size: number, shuffle: boolean) {
  return data.batches({ x: images, y: labels }, size, {
    shuffle,
    map: async ({ xs, ys }) => ({
      xs: await data.resizeWithPad(xs, 224, 224, { scale: 1 / 255 }),
      ys,
    }),
  });
}

const fashion = await data.fashionMnist();
await using model = alexnet({
  variant: 'plain',
  inputShape: [224, 224, 1],
  classes: fashion.classNames.length,
  lastActivation: 'sigmoid',
});
for (const row of model.summaryData().rows) {
  console.log(`${row.name.padEnd(20)} output shape ${JSON.stringify(row.outputShape)}`);
}
model.summary();
model.compile({
  optimizer: train.sgd(0.01),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});

await mkdir(options.weights, { recursive: true });
const interrupt = interruptSignal();
try {
  await model.fitDataset(
    resizedBatches(fashion.train.images, fashion.train.labels, batchSize, true),
    {
      epochs: Number(options.epochs),
      batchesPerEpoch: Number(options.steps),
      callbacks: [
        callbacks.modelCheckpoint({
          filepath: join(options.weights, 'weights.safetensors'),
          saveWeightsOnly: true,
          saveFreq: 20,
        }),
      ],
      signal: interrupt.signal,
    },
  );
} catch (error) {
  if (!interrupt.signal.aborted) throw error;
} finally {
  interrupt.release();
}

const score = await model.evaluateDataset(
  resizedBatches(
    fashion.test.images.slice(0, testImages),
    fashion.test.labels.slice(0, testImages),
    Math.min(100, testImages),
    false,
  ),
);
console.log(`test loss: ${score.loss.toFixed(4)}`);
console.log(`test accuracy: ${(score.accuracy ?? NaN).toFixed(4)}`);
