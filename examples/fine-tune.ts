/**
 * Fine-tuning on Fashion-MNIST: a network that knows five classes is cut behind its features, gets a
 * new end for the five others, and learns them from few images; first the end alone, then all of
 * it, slower. A network that starts from nothing on the same images is shown beside it.
 *
 *   node dist/examples/fine-tune.js [--images 12000] [--few 100] [--epochs 10] [--save models/base]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  data,
  layers,
  loadLayersModel,
  model,
  sequential,
  tensor,
  train,
  type LayersModel,
  type Sequential,
  type Tensor,
} from 'node-cudnn';

export interface FineTuneOptions {
  /** Training images of the first five classes. */
  readonly images: number;
  /** Training images of the five others. */
  readonly few: number;
  /** Over the images of each phase. */
  readonly epochs: number;
  /** Where the first network is saved. */
  readonly savePath: string;
}

/** Accuracies on test images of the five new classes. */
export interface FineTuneScores {
  readonly endAlone: number;
  readonly wholeNetwork: number;
  readonly fromNothing: number;
}

interface Part {
  readonly images: Tensor;
  readonly labels: Tensor;
}

/** The first `count` images whose class is in [first, first + 5), with classes counted from 0. */
function partOf({ images, labels }: Part, first: number, count: number): Part {
  const size = images.size / labels.size;
  const pixels = new Uint8Array(count * size);
  const classes = new Int32Array(count);
  let found = 0;
  for (let row = 0; row < labels.size && found < count; ++row) {
    const label = labels.values[row] ?? -1;
    if (label < first || label >= first + 5) continue;
    pixels.set(images.values.subarray(row * size, (row + 1) * size), found * size);
    classes[found++] = label - first;
  }
  return {
    images: tensor(pixels.subarray(0, found * size), [found, 28, 28, 1]),
    labels: tensor(classes.subarray(0, found), [found]),
  };
}

function network(): Sequential {
  return sequential({
    layers: [
      layers.rescaling({ scale: 1 / 255, inputShape: [28, 28, 1] }),
      layers.conv2d({ name: 'conv1', filters: 16, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d(),
      layers.conv2d({ name: 'conv2', filters: 32, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d(),
      layers.flatten({ name: 'features' }),
      layers.dense({ name: 'hidden', units: 64, activation: 'relu' }),
      layers.dense({ name: 'end', units: 5, activation: 'softmax' }),
    ],
  });
}

function compile(net: LayersModel, learningRate: number): void {
  net.compile({
    optimizer: train.adam(learningRate),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
}

async function accuracy(net: LayersModel, { images, labels }: Part): Promise<number> {
  const score = await net.evaluate(images, labels, { batchSize: 250 });
  return score.accuracy ?? NaN;
}

/** Cuts the loaded network behind 'features' and puts a new end on it. */
function withNewEnd(base: LayersModel): LayersModel {
  const end = layers.dense({ name: 'new_end', units: 5, activation: 'softmax' });
  return model({ inputs: base.inputs, outputs: end.apply(base.getLayer('features').output) });
}

/** Trains on five classes, then fine-tunes on the others. */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneScores> {
  const fashion = await data.fashionMnist();
  const known = partOf(fashion.train, 0, options.images);
  const few = partOf(fashion.train, 5, options.few);
  const test = partOf(fashion.test, 5, 5000);
  const { epochs } = options;

  await using first = network();
  compile(first, 0.001);
  await first.fit(known.images, known.labels, { epochs: 3, batchSize: 64 });
  await first.save(options.savePath);

  await using base = await loadLayersModel(options.savePath);
  await using tuned = withNewEnd(base);
  for (const layer of base.layers) layer.trainable = false;
  compile(tuned, 0.01);
  await tuned.fit(few.images, few.labels, { epochs, batchSize: 25 });
  const endAlone = await accuracy(tuned, test);

  // compile() takes over what is trainable; a lower rate keeps what the features know.
  for (const layer of base.layers) layer.trainable = true;
  compile(tuned, 0.0005);
  await tuned.fit(few.images, few.labels, { epochs, batchSize: 25 });
  const wholeNetwork = await accuracy(tuned, test);

  await using fresh = network();
  compile(fresh, 0.001);
  await fresh.fit(few.images, few.labels, { epochs: 2 * epochs, batchSize: 25 });
  return { endAlone, wholeNetwork, fromNothing: await accuracy(fresh, test) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      images: { type: 'string', default: '12000' },
      few: { type: 'string', default: '100' },
      epochs: { type: 'string', default: '10' },
      save: { type: 'string', default: 'models/base' },
    },
  });
  const scores = await fineTune({
    images: Number(values.images),
    few: Number(values.few),
    epochs: Number(values.epochs),
    savePath: values.save,
  });
  console.log(`accuracy on the new classes, a new end alone: ${scores.endAlone.toFixed(4)}`);
  console.log(`after all of it was trained:  ${scores.wholeNetwork.toFixed(4)}`);
  console.log(`a network from nothing:       ${scores.fromNothing.toFixed(4)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
