import { types } from 'node:util';
import { DataError, ShapeError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { isArray } from '../errors/lists.js';
import { oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { wholeNumber } from '../errors/optionValues.js';
import { flatten, type NestedValues } from './nested.js';
import { allocated, checkedShape } from './shapes.js';
import { dtypes, sizeOf, Tensor, type DType, type Shape, type TensorData } from './tensor.js';

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

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
  try {
    return arrays[dtype].from(values);
  } catch (cause) {
    throw new DataError('the values cannot be read; their buffer was perhaps transferred', {
      place: 'tensor()',
      cause,
    });
  }
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

function filled(place: string, given: Shape, dtype: DType, value: 0 | 1): Tensor {
  oneOf(place, 'dtype', dtype, dtypes);
  const shape = checkedShape(place, given);
  const values = allocated<TensorData>(place, arrays[dtype], sizeOf(shape));
  return new Tensor(value === 0 ? values : values.fill(value), shape, dtype);
}

/** A tensor of zeros. ERR_OUT_OF_MEMORY when there is no room for it. */
export function zeros(shape: Shape, dtype: DType = 'float32'): Tensor {
  return filled('zeros()', shape, dtype, 0);
}

/** A tensor of ones. ERR_OUT_OF_MEMORY when there is no room for it. */
export function ones(shape: Shape, dtype: DType = 'float32'): Tensor {
  return filled('ones()', shape, dtype, 1);
}

/** Labels in a tensor, a typed array or an array, and their shape. */
function labelValues(labels: unknown): { values: ArrayLike<unknown>; shape: Shape } {
  if (isInstance(labels, Tensor)) return labels;
  if (isArray(labels) || (ArrayBuffer.isView(labels) && !types.isDataView(labels))) {
    const values = labels as ArrayLike<unknown>;
    return { values, shape: [values.length] };
  }
  throw new DataError(`labels is ${shown(labels)}; expected a tensor or an array of numbers`, {
    place: 'oneHot()',
  });
}

/**
 * Rows of zeros with a one at each label: labels [...] become float32 [..., depth].
 * ERR_DATA names the first label that is not a whole number in [0, depth).
 */
export function oneHot(labels: Tensor | ArrayLike<number>, depth: number): Tensor {
  const place = 'oneHot()';
  wholeNumber(place, 'depth', depth, 1);
  const { values, shape } = labelValues(labels);
  // Before there is an array for all of them: a length says nothing of what an array holds.
  for (let i = 0; i < values.length; ++i) {
    const label = values[i];
    if (Number.isInteger(label) && Number(label) >= 0 && Number(label) < depth) continue;
    throw new DataError(`label ${shown(label)} at ${i} is not within 0 to ${depth - 1}`, { place });
  }
  const data = allocated<Float32Array>(place, Float32Array, values.length * depth);
  for (let i = 0; i < values.length; ++i) data[i * depth + Number(values[i])] = 1;
  return new Tensor(data, [...shape, depth], 'float32');
}
