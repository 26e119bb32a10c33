import { types } from 'node:util';
import { DataError, OptionError, ShapeError } from '../errors/errors.js';
import { oneOf, shown } from '../errors/optionNames.js';
import { wholeNumber } from '../errors/optionValues.js';
import { flatten, type NestedValues } from './nested.js';
import { sizeOf, Tensor, type DType, type Shape, type TensorData } from './tensor.js';

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

const dtypes = Object.keys(arrays) as DType[];

/** 'float32', 'int32' or 'uint8' for the arrays that are taken as they are. */
export function dtypeOf(values: unknown): DType | undefined {
  // By kind, not by class: arrays of another realm (a jest test, a vm) are arrays too.
  if (types.isFloat32Array(values)) return 'float32';
  if (types.isInt32Array(values)) return 'int32';
  if (types.isUint8Array(values) || types.isUint8ClampedArray(values)) return 'uint8';
  return undefined;
}

function requireRange(values: ArrayLike<number>, dtype: DType): void {
  if (dtype === 'float32') return;
  const [low, high] = { int32: [-(2 ** 31), 2 ** 31 - 1], uint8: [0, 255], bool: [0, 1] }[
    dtype
  ] as [number, number];
  for (let i = 0; i < values.length; ++i) {
    const value = values[i] ?? NaN;
    if (Number.isInteger(value) && value >= low && value <= high) continue;
    throw new DataError(`value ${value} at ${i} is no ${dtype}`, { place: 'tensor()' });
  }
}

function converted(values: ArrayLike<number>, dtype: DType): TensorData {
  requireRange(values, dtype);
  return arrays[dtype].from(values);
}

// The same memory, as native code takes it.
function bytesOf({ buffer, byteOffset, length }: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/**
 * A tensor of nested arrays, or of a flat or typed array with a shape.
 *
 * A Float32Array, Int32Array or Uint8Array is shared, not copied, unless `dtype` asks for another
 * type; other typed arrays are converted to float32. Without a shape the nesting gives it. dtype:
 * 'float32' unless the values are typed or booleans. ERR_SHAPE when the values do not fill the
 * shape or are ragged; ERR_DATA when a value does not fit an integer dtype.
 */
export function tensor(values: NestedValues, shape?: Shape, dtype?: DType): Tensor {
  if (dtype !== undefined) oneOf('tensor()', 'dtype', dtype, dtypes);
  const own = dtypeOf(values);
  if (own !== undefined) {
    const typed = types.isUint8ClampedArray(values) ? bytesOf(values) : (values as TensorData);
    const shared = dtype === undefined || dtype === own;
    const data = shared ? typed : converted(typed, dtype);
    return new Tensor(data, shape ?? [typed.length], dtype ?? own);
  }
  if (types.isBigInt64Array(values) || types.isBigUint64Array(values)) {
    throw new DataError('64-bit integers do not fit; convert them to an Int32Array', {
      place: 'tensor()',
    });
  }
  const flat = flatten(values);
  const type = dtype ?? (flat.booleans ? 'bool' : 'float32');
  return new Tensor(converted(flat.values, type), shape ?? flat.shape, type);
}

function ofRank(rank: number) {
  return (values: NestedValues, shape?: Shape, dtype?: DType): Tensor => {
    const result = tensor(values, shape, dtype);
    if (result.rank === rank) return result;
    throw new ShapeError(
      `expected rank ${rank}, got [${result.shape.join(',')}]; pass the shape or nested arrays`,
      { place: `tensor${rank}d()` },
    );
  };
}

/** A vector. */
export function tensor1d(values: NestedValues, dtype?: DType): Tensor {
  return ofRank(1)(values, undefined, dtype);
}

/** A matrix, of nested arrays or of flat values and a shape. */
export const tensor2d = ofRank(2);
/** A tensor of rank 3. */
export const tensor3d = ofRank(3);
/** A tensor of rank 4, such as images [N,H,W,C]. */
export const tensor4d = ofRank(4);

function checkedSize(place: string, shape: Shape): number {
  shape.forEach((n, axis) => wholeNumber(place, `shape[${axis}]`, n, 0));
  return sizeOf(shape);
}

/** A tensor of zeros. */
export function zeros(shape: Shape, dtype: DType = 'float32'): Tensor {
  oneOf('zeros()', 'dtype', dtype, dtypes);
  return new Tensor(new arrays[dtype](checkedSize('zeros()', shape)), shape, dtype);
}

/** A tensor of ones. */
export function ones(shape: Shape, dtype: DType = 'float32'): Tensor {
  oneOf('ones()', 'dtype', dtype, dtypes);
  return new Tensor(new arrays[dtype](checkedSize('ones()', shape)).fill(1), shape, dtype);
}

/**
 * Rows of zeros with a one at each label: labels [...] become float32 [..., depth].
 * ERR_DATA names the first label that is not a whole number in [0, depth).
 */
export function oneHot(labels: Tensor | ArrayLike<number>, depth: number): Tensor {
  wholeNumber('oneHot()', 'depth', depth, 1);
  if (typeof labels !== 'object') {
    throw new OptionError(`labels is ${shown(labels)}; expected numbers`, { place: 'oneHot()' });
  }
  const values = labels instanceof Tensor ? labels.values : labels;
  const shape = labels instanceof Tensor ? labels.shape : [labels.length];
  const data = new Float32Array(values.length * depth);
  for (let i = 0; i < values.length; ++i) {
    const label = values[i] ?? NaN;
    if (!Number.isInteger(label) || label < 0 || label >= depth) {
      throw new DataError(`label ${label} at ${i} is not within 0 to ${depth - 1}`, {
        place: 'oneHot()',
      });
    }
    data[i * depth + label] = 1;
  }
  return new Tensor(data, [...shape, depth], 'float32');
}
