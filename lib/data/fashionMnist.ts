import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError, IoError } from '../errors/errors.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { requirePath } from '../files/localPath.js';
import type { Tensor } from '../tensor/tensor.js';
import { readIdx } from './idx.js';

/** Images and their labels. */
export interface LabelledImages {
  /** uint8 [N,H,W,C]. */
  readonly images: Tensor;
  /** Class indices, uint8 [N]. */
  readonly labels: Tensor;
}

/** Fashion-MNIST: 60,000 and 10,000 grey images of 28x28 in ten classes. */
export interface FashionMnist {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  readonly classNames: readonly string[];
}

export interface FashionMnistOptions {
  /** The folder of the four IDX files, plain or gzip. */
  path?: string;
}

/** Pixels of an image's height and width. */
const side = 28;
/** Of one file, unpacked: several times the real data, so that no other can fill the memory. */
const mostBytes = 2 ** 28;

const debianFolder = '/usr/share/datasets/fashion-mnist';

const classNames = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const;

/**
 * Reads Fashion-MNIST from `path`, else from the folder in NODE_CUDNN_DATA (or its subfolder
 * fashion-mnist), else, where that is not set, from Debian's package dataset-fashion-mnist.
 * Rejects with ERR_IO when it is not there, ERR_FORMAT when a file is damaged.
 */
export async function fashionMnist(options: FashionMnistOptions = {}): Promise<FashionMnist> {
  checkOptionNames('fashionMnist()', options, ['path']);
  const path = options.path ?? undefined;
  const folder = findFolder(path === undefined ? undefined : requirePath('fashionMnist()', path));
  const [train, test] = await Promise.all([readPart(folder, 'train'), readPart(folder, 't10k')]);
  return { train, test, classNames };
}

function findFolder(path: string | undefined): string {
  const variable = process.env.NODE_CUDNN_DATA;
  const named = variable ? [variable, join(variable, 'fashion-mnist')] : [debianFolder];
  const folders = path === undefined ? named : [path];
  const found = folders.find((folder) => findFile(folder, 'train-images-idx3-ubyte'));
  if (found !== undefined) return found;
  throw new IoError(
    `no train-images-idx3-ubyte(.gz) in ${folders.join(', ')}; ` +
      'install the Debian package dataset-fashion-mnist (apt-get install dataset-fashion-mnist), ' +
      'or name the folder of the files in the option path or in NODE_CUDNN_DATA',
    { place: 'fashionMnist()' },
  );
}

function findFile(folder: string, name: string): string | undefined {
  return [join(folder, `${name}.gz`), join(folder, name)].find((path) => existsSync(path));
}

async function readPart(folder: string, prefix: string): Promise<LabelledImages> {
  const imagesPath = requireFile(folder, `${prefix}-images-idx3-ubyte`);
  const labelsPath = requireFile(folder, `${prefix}-labels-idx1-ubyte`);
  const [images, labels] = await Promise.all([
    readIdx(imagesPath, { maxBytes: mostBytes }),
    readIdx(labelsPath, { maxBytes: mostBytes }),
  ]);
  const [count = 0, height, width] = images.shape;
  if (images.rank !== 3 || images.dtype !== 'uint8' || height !== side || width !== side) {
    throw new FormatError(`has shape ${shown(images.shape)}, expected uint8 [N,28,28]`, {
      place: imagesPath,
    });
  }
  if (labels.rank !== 1 || labels.dtype !== 'uint8' || labels.size !== count) {
    throw new FormatError(`has shape ${shown(labels.shape)}, expected uint8 [${count}]`, {
      place: labelsPath,
    });
  }
  const wrong = labels.values.findIndex((label) => label >= classNames.length);
  if (wrong >= 0) {
    throw new FormatError(`label ${labels.values[wrong] ?? 0} of row ${wrong} is above 9`, {
      place: labelsPath,
    });
  }
  return { images: images.reshape([count, side, side, 1]), labels };
}

function requireFile(folder: string, name: string): string {
  const path = findFile(folder, name);
  if (path !== undefined) return path;
  throw new IoError(`${name}(.gz) is missing`, { place: folder });
}
