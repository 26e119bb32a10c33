/**
 * AlexNet8 (five convolutions, two of them with batch normalization, and three dense layers) on
 * Fashion-MNIST: trains, saves, and evaluates on the 10,000 test images.
 *
 *   node dist/examples/alexnet8.js [--epochs 5] [--batch-size 128] [--images 60000]
 *                                  [--save models/alexnet8] [--seed 1]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  alexnet8,
  callbacks,
  interruptSignal,
  train,
  type Callback,
  type Optimizer,
} from 'node-cudnn';
import { fashionImages } from './fashionImages.js';

export interface AlexNet8Options {
  readonly epochs: number;
  readonly batchSize: number;
  /** Training images, from the first on. */
  readonly images: number;
  readonly seed: number;
  /** Folder of the saved model. */
  readonly savePath: string;
}

export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * Lets the learning rate fall to zero in a straight line over the second half of the training, so
 * that the last steps settle instead of wandering.
 */
function decay(optimizer: Optimizer, steps: number): Callback {
  const highest = optimizer.learningRate;
  let step = 0;
  return callbacks.customCallback({
    onBatchBegin: () => {
      optimizer.learningRate = highest * Math.min(1, 2 * (1 - step / steps));
      step++;
    },
  });
}

/** Trains AlexNet8 with Adam, saves it and scores it on the test images. Ctrl-C stops early. */
export async function trainAlexNet8(options: AlexNet8Options): Promise<Score> {
  const images = await fashionImages();
  await using model = alexnet8({
    inputShape: [32, 32, 3],
    classes: images.classNames.length,
    inputScale: 1 / 255,
    normalizationMomentum: 0.9, // one epoch is 469 steps
    seed: options.seed,
  });
  model.summary();
  model.compile({
    optimizer: train.adam(0.001),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const steps = options.epochs * Math.ceil(options.images / options.batchSize);
  const interrupt = interruptSignal();
  try {
    await model.fit(
      images.train.images.slice(0, options.images),
      images.train.labels.slice(0, options.images),
      {
        epochs: options.epochs,
        batchSize: options.batchSize,
        callbacks: [decay(model.optimizer, steps), callbacks.terminateOnNaN()],
        signal: interrupt.signal,
      },
    );
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    console.log('Interrupted: going on with what was learned so far.');
  } finally {
    interrupt.release();
  }
  await model.save(options.savePath);
  console.log(`saved to ${options.savePath}`);
  const score = await model.evaluate(images.test.images, images.test.labels, { batchSize: 500 });
  return { loss: score.loss, accuracy: score.accuracy ?? NaN };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      epochs: { type: 'string', default: '5' },
      'batch-size': { type: 'string', default: '128' },
      images: { type: 'string', default: '60000' },
      seed: { type: 'string', default: '1' },
      save: { type: 'string', default: 'models/alexnet8' },
    },
  });
  const score = await trainAlexNet8({
    epochs: Number(values.epochs),
    batchSize: Number(values['batch-size']),
    images: Number(values.images),
    seed: Number(values.seed),
    savePath: values.save,
  });
  console.log(`test loss: ${score.loss.toFixed(4)}`);
  console.log(`test accuracy: ${score.accuracy.toFixed(4)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
