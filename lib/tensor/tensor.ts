import { ShapeError } from '../errors/errors.js';
import { shown } from '../errors/optionNames.js';
import { formatTensor } from './format.js';
import { toNested, type NestedNumbers } from './nested.js';

/** 'bool' values and bytes are both held as Uint8Array. */
export type DType = 'float32' | 'int32' | 'uint8' | 'bool';
export type TensorData = Float32Array | Int32Array | Uint8Array;
export type Shape = readonly number[];

/** The number of elements; 1 for []. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, n) => size * n, 1);
}

function inferredShape(shape: Shape, size: number, place: string): Shape {
  const known = sizeOf(shape.filter((n) => n !== -1));
  const unknown = shape.filter((n) => n === -1).length;
  const valid = shape.every((n) => Number.isSafeInteger(n) && n >= -1);
  const missing = known === 0 ? 0 : size / known;
  if (valid && unknown === 0 && known === size) return shape;
  if (valid && unknown === 1 && Number.isInteger(missing)) {
    return shape.map((n) => (n === -1 ? missing : n));
  }
  throw new ShapeError(`${size} values do not fill the shape [${shape.join(',')}]`, { place });
}

/** Numbers in row-major order with a shape. A plain value: it holds no native memory. */
export class Tensor {
  constructor(
    /** Row-major; shared, not copied. */
    readonly values: TensorData,
    readonly shape: Shape,
    readonly dtype: DType,
  ) {
    inferredShape(shape, values.length, 'tensor');
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

  /** Rows `begin` to `begin + size` (to the end by default) of the first axis, without a copy. */
  slice(begin: number, size?: number): Tensor {
    const [rows, ...rest] = this.shape;
    if (rows === undefined) throw new ShapeError('a scalar has no rows', { place: 'slice()' });
    const count = size ?? rows - begin;
    const whole = Number.isSafeInteger(begin) && Number.isSafeInteger(count);
    if (!whole || begin < 0 || count < 0 || begin + count > rows) {
      throw new ShapeError(
        `rows ${shown(begin)} to ${shown(begin + count)} are not within the ${rows} rows`,
        { place: 'slice()' },
      );
    }
    const stride = sizeOf(rest);
    const values = this.values.subarray(begin * stride, (begin + count) * stride);
    return new Tensor(values, [count, ...rest], this.dtype);
  }

  /** Index of the largest value along the last axis (the first of equals), int32. */
  argMax(axis = -1): Tensor {
    const classes = this.shape.at(-1);
    if (classes === undefined || classes === 0 || (axis !== -1 && axis !== this.rank - 1)) {
      throw new ShapeError(
        `axis ${axis} of shape [${this.shape.join(',')}]; the last axis, with values, is expected`,
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
