import { types } from 'node:util';
import { DataError, ShapeError } from '../errors/errors.js';
import { shown } from '../errors/optionNames.js';
import type { HostArray } from '../native/program.js';
import { sizeOf, type Shape, type Tensor } from '../tensor/tensor.js';
import type { TypedArray } from '../tensor/typedArray.js';
import { fillNested, type NestedData } from './nestedRows.js';

/** Numbers nested to any depth, the innermost perhaps a typed array. */
export type NestedRows = readonly (number | boolean | TypedArray | NestedRows)[];

/**
 * Rows of numbers: a tensor, a flat typed array of whole rows (Float32Array, Int32Array and
 * Uint8Array are never copied), or nested arrays.
 */
export type SampleArray = Tensor | TypedArray | NestedRows;

/** Whole rows in one array. */
export interface Rows {
  readonly data: HostArray;
  readonly count: number;
}

export interface RowFormat {
  /** The argument's name in errors: 'x', 'y', "y['digit']". */
  readonly place: string;
  /** Of one row. */
  readonly shape: Shape;
  /** 'labels' asks for whole numbers. */
  readonly kind: 'values' | 'labels';
  /** Accept [n] for [n,1] and the reverse, as Keras does for targets. */
  readonly looseOnes?: boolean;
}

/** Known by its form, so that a tensor of another copy of this package is one too. */
export function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'values' in value &&
    'shape' in value &&
    'dtype' in value &&
    ArrayBuffer.isView(value.values)
  );
}

/** Whether `value` is a typed array, of any realm. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !types.isDataView(value);
}

/**
 * The rows of a tensor, a flat typed array or nested arrays. Float32Array, Int32Array and
 * Uint8Array are used as they are, never copied. ERR_SHAPE for a wrong shape, ERR_DATA for
 * wrong types and for no rows at all.
 */
export function toRows(value: unknown, format: RowFormat): Rows {
  const rows = readRows(value, format);
  if (rows.count === 0) throw new DataError('has no samples', { place: format.place });
  return rows;
}

function readRows(value: unknown, format: RowFormat): Rows {
  if (isTensor(value)) {
    checkTensorShape(value.shape, format);
    return { data: hostArray(value.values, format), count: value.shape[0] ?? 0 };
  }
  if (isTypedArray(value)) {
    const data = hostArray(value, format);
    const size = sizeOf(format.shape);
    if (data.length % size !== 0) {
      throw new ShapeError(
        `${data.length} values are no whole number of rows of ${size} ([${format.shape.join(',')}])`,
        { place: format.place },
      );
    }
    return { data, count: data.length / size };
  }
  if (Array.isArray(value)) return nestedRows(value, format);
  throw new DataError(`expected a tensor, a typed array or nested arrays, got ${kindOf(value)}`, {
    place: format.place,
  });
}

function nestedRows(value: NestedData, format: RowFormat): Rows {
  const { place } = format;
  let shape = format.shape;
  if (format.looseOnes && value.length > 0) {
    const deep = depthOf(value) - 1;
    if (deep === shape.length - 1 && shape.at(-1) === 1) shape = shape.slice(0, -1);
    else if (deep === shape.length + 1) shape = [...shape, 1];
  }
  const full = [value.length, ...shape];
  const data =
    format.kind === 'labels' ? new Float64Array(sizeOf(full)) : new Float32Array(sizeOf(full));
  fillNested(place, value, full, data);
  return { data: hostArray(data, format), count: value.length };
}

/** How deep arrays are nested; 0 for a number. */
export function depthOf(value: unknown): number {
  let depth = 0;
  for (let level = value; Array.isArray(level) || isTypedArray(level); level = level[0]) ++depth;
  return depth;
}

function withoutOnes(shape: Shape): Shape {
  return shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
}

function checkTensorShape(found: Shape, { place, shape, looseOnes }: RowFormat): void {
  const rows = found.slice(1);
  const same = (a: Shape, b: Shape) => a.length === b.length && a.every((n, i) => n === b[i]);
  if (found.length > 0 && same(rows, shape)) return;
  if (found.length > 0 && looseOnes && same(withoutOnes(rows), withoutOnes(shape))) return;
  throw new ShapeError(`expected shape [${['n', ...shape].join(',')}], got [${found.join(',')}]`, {
    place,
  });
}

/** An array as native code reads it; copied only when its type is another. */
function hostArray(values: TypedArray, format: RowFormat): HostArray {
  if (types.isUint8Array(values) || types.isInt32Array(values)) return values;
  if (types.isUint8ClampedArray(values)) {
    return new Uint8Array(values.buffer, values.byteOffset, values.length);
  }
  if (types.isBigInt64Array(values) || types.isBigUint64Array(values)) {
    throw new DataError('64-bit integers do not fit; convert them to an Int32Array', {
      place: format.place,
    });
  }
  if (format.kind === 'labels') return wholeNumbers(values, format);
  return types.isFloat32Array(values) ? values : Float32Array.from(values);
}

function wholeNumbers(values: ArrayLike<number>, { place, shape }: RowFormat): Int32Array {
  const labels = Int32Array.from(values);
  const bad = labels.findIndex((label, i) => label !== values[i]);
  if (bad < 0) return labels;
  const row = Math.floor(bad / sizeOf(shape));
  throw new DataError(`row ${row}: label ${values[bad] ?? NaN} is not a whole number`, { place });
}

function kindOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : shown(value);
}
