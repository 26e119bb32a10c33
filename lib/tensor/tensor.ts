import { types } from 'node:util';
import { DataError, ShapeError } from '../errors/errors.js';
import { oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { formatTensor } from './format.js';
import { toNested, type NestedNumbers } from './nested.js';
import { checkedShape, sizeOf, type Shape } from './shapes.js';
import { copyRange, isWholeRows, sliceRange } from './slice.js';

export { sizeOf, type Shape } from './shapes.js';

/** 'bool' values and bytes are both held as Uint8Array. */
export type DType = 'float32' | 'int32' | 'uint8' | 'bool';
export type TensorData = Float32Array | Int32Array | Uint8Array;

const kinds: Readonly<Record<DType, (values: unknown) => boolean>> = {
  float32: types.isFloat32Array,
  int32: types.isInt32Array,
  uint8: types.isUint8Array,
  bool: types.isUint8Array,
};

/** The names of all dtypes. */
export const dtypes = Object.keys(kinds) as DType[];

function doNotFill(place: string, size: number, shape: Shape): ShapeError {
  return new ShapeError(`${size} values do not fill the shape [${shape.join(',')}]`, { place });
}

function inferredShape(given: Shape, size: number, place: string): Shape {
  const shape = checkedShape(place, given, -1);
  const known = sizeOf(shape.filter((n) => n !== -1));
  const unknown = shape.filter((n) => n === -1).length;
  const missing = known === 0 ? 0 : size / known;
  if (unknown === 0 && known === size) return shape;
  if (unknown === 1 && Number.isInteger(missing)) {
    return shape.map((n) => (n === -1 ? missing : n));
  }
  throw doNotFill(place, size, shape);
}

/** Numbers in row-major order with a shape. A plain value: it holds no native memory. */
export class Tensor {
  /** Row-major; shared, not copied. */
  readonly values: TensorData;
  readonly shape: Shape;
  readonly dtype: DType;

  /**
   * ERR_SHAPE when the values do not fill the shape, ERR_DATA when they are no Float32Array for
   * 'float32', Int32Array for 'int32' or Uint8Array for 'uint8' and 'bool'.
   */
  constructor(values: TensorData, shape: Shape, dtype: DType) {
    const place = 'tensor';
    this.dtype = oneOf(place, 'dtype', dtype, dtypes);
    if (!kinds[this.dtype](values)) {
      throw new DataError(`values is ${shown(values)}; expected the typed array of ${dtype}`, {
        place,
      });
    }
    this.values = values;
    this.shape = checkedShape(place, shape);
    if (sizeOf(this.shape) !== values.length) throw doNotFill(place, values.length, this.shape);
  }

  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return this.values.length;
  }

  /** The values, row-major; shared, not copied. */
  dataSync(): TensorData {
    return this.values;
  }

  /** As dataSync(), for code written for tfjs. */
  data(): Promise<TensorData> {
    return Promise.resolve(this.values);
  }

  /** Nested arrays; a number for rank 0. */
  arraySync(): NestedNumbers {
    return toNested(this.values, this.shape);
  }

  /** As arraySync(), for code written for tfjs. */
  array(): Promise<NestedNumbers> {
    return Promise.resolve(this.arraySync());
  }

  /** The same values in another shape; one size may be -1. ERR_SHAPE when they do not fit. */
  reshape(shape: Shape): Tensor {
    const full = inferredShape(shape, this.size, 'reshape()');
    return new Tensor(this.values, full, this.dtype);
  }

  /**
   * `size` values from `begin` on along each axis; numbers are of the first axis. Axes that are
   * left out are whole; a size of -1, or none, goes to the end. Whole rows are not copied.
   * ERR_SHAPE when it is not within the tensor.
   */
  slice(begin: number | Shape, size?: number | Shape): Tensor {
    const range = sliceRange(this.shape, begin, size);
    const length = sizeOf(range.size);
    if (isWholeRows(this.shape, range)) {
      const first = (range.begin[0] ?? 0) * sizeOf(range.size.slice(1));
      return new Tensor(this.values.subarray(first, first + length), range.size, this.dtype);
    }
    const values = this.values.slice(0, length);
    copyRange(this.values, this.shape, range, values);
    return new Tensor(values, range.size, this.dtype);
  }

  /** Index of the largest value along the last axis (the first of equals), int32. */
  argMax(axis = -1): Tensor {
    const classes = this.shape.at(-1);
    if (classes === undefined || classes === 0 || (axis !== -1 && axis !== this.rank - 1)) {
      throw new ShapeError(
        `axis ${shown(axis)} of shape [${this.shape.join(',')}]; the last axis, with values, is expected`,
        { place: 'argMax()' },
      );
    }
    const result = new Int32Array(this.size / classes);
    for (let row = 0; row < result.length; ++row) {
      const values = this.values.subarray(row * classes, (row + 1) * classes);
      let best = 0;
      for (let i = 1; i < classes; ++i) {
        if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
      }
      result[row] = best;
    }
    return new Tensor(result, this.shape.slice(0, -1), 'int32');
  }

  toString(): string {
    return formatTensor(this);
  }

  /** Writes toString() to the console. */
  print(): void {
    console.log(this.toString());
  }

  /** Does nothing, as there is nothing to free: for code written for tfjs. */
  dispose(): this {
    return this;
  }
}
