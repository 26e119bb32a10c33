/**
 * AlexNet8 written as a class, layer by layer, and trained on Fashion-MNIST. alexnet8() of the
 * package is the same network as a stack.
 *
 *   node dist/examples/alexnet8-class.js [--epochs 1] [--images 60000] [--batch-size 128]
 *                                        [--save models/alexnet8-class]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { layers, Model, train, type SymbolicTensor } from 'node-cudnn';
import { fashionImages } from './fashionImages.js';

const normalization = (name: string) => layers.batchNormalization({ name, momentum: 0.9 });
const relu = (name: string) => layers.activation({ name, activation: 'relu' });
const pool = (name: string) => layers.maxPooling2d({ name, poolSize: 3, strides: 2 });

/** Images of 32x32 with three channels, as bytes, in; the probabilities of the classes out. */
export class AlexNet8 extends Model {
  private readonly scale = layers.rescaling({ name: 'scale', scale: 1 / 255 });
  private readonly conv1 = layers.conv2d({ name: 'conv1', filters: 96, kernelSize: 3 });
  private readonly norm1 = normalization('norm1');
  private readonly relu1 = relu('relu1');
  private readonly pool1 = pool('pool1');
  private readonly conv2 = layers.conv2d({ name: 'conv2', filters: 256, kernelSize: 3 });
  private readonly norm2 = normalization('norm2');
  private readonly relu2 = relu('relu2');
  private readonly pool2 = pool('pool2');
  private readonly convolutions = [384, 384, 256].map((filters, i) =>
    layers.conv2d({
      name: `conv${i + 3}`,
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
    }),
  );
  private readonly pool5 = pool('pool5');
  private readonly flatten = layers.flatten({ name: 'flatten' });
  private readonly fc6 = layers.dense({ name: 'fc6', units: 2048, activation: 'relu' });
  private readonly drop6 = layers.dropout({ name: 'drop6', rate: 0.5 });
  private readonly fc7 = layers.dense({ name: 'fc7', units: 2048, activation: 'relu' });
  private readonly drop7 = layers.dropout({ name: 'drop7', rate: 0.5 });
  private readonly fc8;

  constructor(classes: number) {
    super({ name: 'alexnet8', inputShape: [32, 32, 3] });
    this.fc8 = layers.dense({ name: 'fc8', units: classes, activation: 'softmax' });
  }

  override call(images: SymbolicTensor): SymbolicTensor {
    let x = this.conv1.apply(this.scale.apply(images));
    x = this.pool1.apply(this.relu1.apply(this.norm1.apply(x)));
    x = this.conv2.apply(x);
    x = this.pool2.apply(this.relu2.apply(this.norm2.apply(x)));
    for (const convolution of this.convolutions) x = convolution.apply(x);
    x = this.flatten.apply(this.pool5.apply(x));
    x = this.drop6.apply(this.fc6.apply(x));
    x = this.drop7.apply(this.fc7.apply(x));
    return this.fc8.apply(x);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      epochs: { type: 'string', default: '1' },
      images: { type: 'string', default: '60000' },
      'batch-size': { type: 'string', default: '128' },
      save: { type: 'string', default: 'models/alexnet8-class' },
    },
  });
  const images = await fashionImages();
  await using model = new AlexNet8(images.classNames.length);
  model.summary();
  model.compile({
    optimizer: train.adam(0.001),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const count = Number(values.images);
  await model.fit(images.train.images.slice(0, count), images.train.labels.slice(0, count), {
    epochs: Number(values.epochs),
    batchSize: Number(values['batch-size']),
  });
  await model.save(values.save);
  const score = await model.evaluate(images.test.images, images.test.labels, { batchSize: 500 });
  console.log(`test loss: ${score.loss.toFixed(4)}`);
  console.log(`test accuracy: ${(score.accuracy ?? NaN).toFixed(4)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
