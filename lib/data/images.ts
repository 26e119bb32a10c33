import { types } from 'node:util';
import { OptionError, ShapeError } from '../errors/errors.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { realNumber, wholeNumber } from '../errors/optionValues.js';
import { nativeAddon } from '../native/addon.js';
import { asTensor } from '../tensor/asTensor.js';
import { allocated } from '../tensor/shapes.js';
import { Tensor, type TensorData } from '../tensor/tensor.js';

export interface ResizeOptions {
  /** What every value is multiplied by, such as 1 / 255. Default 1. */
  scale?: number;
}

/**
 * Resizes images [N,H,W,C] to [N,height,width,C] as float32, keeping the aspect ratio and padding
 * with zeros: bilinear with half-pixel centres and without antialiasing, as TensorFlow's
 * resize_with_pad. Runs in native code, off the event loop.
 */
export async function resizeWithPad(
  images: Tensor,
  height: number,
  width: number,
  options: ResizeOptions = {},
): Promise<Tensor> {
  const place = 'resizeWithPad()';
  checkOptionNames(place, options, ['scale']);
  const { tensor, shape } = imagesOf(place, images);
  wholeNumber(place, 'height', height, 1);
  wholeNumber(place, 'width', width, 1);
  const scale = realNumber(place, 'scale', options.scale ?? 1);
  const values = floatsOrBytes(tensor.values);
  const resized = await nativeAddon().resizeWithPad(values, shape, height, width, scale);
  return new Tensor(resized, [shape[0], height, width, shape[3]], 'float32');
}

/**
 * Puts images [N,H,W,C] into the middle of [N,height,width,C] of zeros; of an odd rest, the
 * larger half comes after. The dtype stays.
 */
export function padImages(images: Tensor, height: number, width: number): Tensor {
  const place = 'padImages()';
  const { tensor, shape } = imagesOf(place, images);
  const [count, fromHeight, fromWidth, channels] = shape;
  wholeNumber(place, 'height', height, 1);
  wholeNumber(place, 'width', width, 1);
  if (height < fromHeight || width < fromWidth) {
    throw new OptionError(
      `${height}x${width} is smaller than the images of ${fromHeight}x${fromWidth}`,
      { place },
    );
  }
  const top = Math.floor((height - fromHeight) / 2);
  const left = Math.floor((width - fromWidth) / 2);
  const values = emptyLike(place, tensor, count * height * width * channels);
  const line = fromWidth * channels;
  for (let row = 0; row < count * fromHeight; ++row) {
    const image = Math.floor(row / fromHeight);
    const target = (image * height + top + (row % fromHeight)) * width + left;
    values.set(tensor.values.subarray(row * line, (row + 1) * line), target * channels);
  }
  return new Tensor(values, [count, height, width, channels], tensor.dtype);
}

/** Grey images [N,H,W,1] as [N,H,W,channels] with equal channels. The dtype stays. */
export function repeatChannels(images: Tensor, channels: number): Tensor {
  const place = 'repeatChannels()';
  const { tensor, shape } = imagesOf(place, images);
  const [count, height, width, from] = shape;
  wholeNumber(place, 'channels', channels, 1);
  if (from !== 1) {
    throw new ShapeError(`expected images of one channel, got ${from}`, { place });
  }
  const values = emptyLike(place, tensor, tensor.size * channels);
  for (let i = 0; i < tensor.size; ++i) {
    values.fill(tensor.values[i] ?? 0, i * channels, (i + 1) * channels);
  }
  return new Tensor(values, [count, height, width, channels], tensor.dtype);
}

interface Images {
  readonly tensor: Tensor;
  /** [N,H,W,C] */
  readonly shape: readonly [number, number, number, number];
}

function imagesOf(place: string, images: unknown): Images {
  const tensor = asTensor(place, 'images', images);
  const [count = 0, height = 0, width = 0, channels = 0] = tensor.shape;
  if (tensor.rank === 4) return { tensor, shape: [count, height, width, channels] };
  throw new ShapeError(`expected images [N,H,W,C], got [${tensor.shape.join(',')}]`, { place });
}

function emptyLike(place: string, { dtype }: Tensor, length: number): TensorData {
  if (dtype === 'float32') return allocated<Float32Array>(place, Float32Array, length);
  if (dtype === 'int32') return allocated<Int32Array>(place, Int32Array, length);
  return allocated<Uint8Array>(place, Uint8Array, length);
}

function floatsOrBytes(values: TensorData): Float32Array | Uint8Array {
  if (types.isFloat32Array(values) || types.isUint8Array(values)) return values;
  return Float32Array.from(values);
}
