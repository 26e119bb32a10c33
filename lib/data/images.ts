import { types } from 'node:util';
import { OptionError, ShapeError } from '../errors/errors.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { realNumber, wholeNumber } from '../errors/optionValues.js';
import { nativeAddon } from '../native/addon.js';
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
  const shape = imageShape(place, images);
  wholeNumber(place, 'height', height, 1);
  wholeNumber(place, 'width', width, 1);
  const scale = realNumber(place, 'scale', options.scale ?? 1);
  const values = floatsOrBytes(images.values);
  const resized = await nativeAddon().resizeWithPad(values, shape, height, width, scale);
  return new Tensor(resized, [shape[0], height, width, shape[3]], 'float32');
}

/**
 * Puts images [N,H,W,C] into the middle of [N,height,width,C] of zeros; of an odd rest, the
 * larger half comes after. The dtype stays.
 */
export function padImages(images: Tensor, height: number, width: number): Tensor {
  const place = 'padImages()';
  const [count, fromHeight, fromWidth, channels] = imageShape(place, images);
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
  const values = emptyLike(images, count * height * width * channels);
  const line = fromWidth * channels;
  for (let row = 0; row < count * fromHeight; ++row) {
    const image = Math.floor(row / fromHeight);
    const target = (image * height + top + (row % fromHeight)) * width + left;
    values.set(images.values.subarray(row * line, (row + 1) * line), target * channels);
  }
  return new Tensor(values, [count, height, width, channels], images.dtype);
}

/** Grey images [N,H,W,1] as [N,H,W,channels] with equal channels. The dtype stays. */
export function repeatChannels(images: Tensor, channels: number): Tensor {
  const place = 'repeatChannels()';
  const [count, height, width, from] = imageShape(place, images);
  wholeNumber(place, 'channels', channels, 1);
  if (from !== 1) {
    throw new ShapeError(`expected images of one channel, got ${from}`, { place });
  }
  const values = emptyLike(images, images.size * channels);
  for (let i = 0; i < images.size; ++i) {
    values.fill(images.values[i] ?? 0, i * channels, (i + 1) * channels);
  }
  return new Tensor(values, [count, height, width, channels], images.dtype);
}

function imageShape(place: string, images: Tensor): readonly [number, number, number, number] {
  const [count, height, width, channels] = images.shape;
  if (
    images.rank !== 4 ||
    count === undefined ||
    height === undefined ||
    width === undefined ||
    channels === undefined
  ) {
    throw new ShapeError(`expected images [N,H,W,C], got [${images.shape.join(',')}]`, { place });
  }
  return [count, height, width, channels];
}

function emptyLike(images: Tensor, length: number): TensorData {
  if (images.dtype === 'float32') return new Float32Array(length);
  return images.dtype === 'int32' ? new Int32Array(length) : new Uint8Array(length);
}

function floatsOrBytes(values: TensorData): Float32Array | Uint8Array {
  if (types.isFloat32Array(values) || types.isUint8Array(values)) return values;
  return Float32Array.from(values);
}
