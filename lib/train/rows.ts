import { types } from 'node:util';
import { DataError, ShapeError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import type { HostArray } from '../native/program.js';
import { asTensor, isTensor } from '../tensor/asTensor.js';
import { allocated } from '../tensor/shapes.js';
import { sizeOf, type Shape, type Tensor } from '../tensor/tensor.js';
import type { TypedArray } from '../tensor/typedArray.js';
import { fillNested, type NestedData } from './nestedRows.js';
import { depthOf, fitsRow, isTypedArray } from './sampleKinds.js';
import { stackedRows } from './stackedRows.js';

/** Numbers nested to any depth, the innermost perhaps a typed array. */
export type NestedRows = readonly (number | boolean | TypedArray | NestedRows)[];

/**
 * Rows of numbers: a tensor, a flat typed array of whole rows (Float32Array, Int32Array and
 * Uint8Array are used as they are), nested arrays, or a list with one tensor for each row.
 */
export type SampleArray = Tensor | TypedArray | NestedRows | readonly Tensor[];

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
}

/**
 * The rows of a tensor, a flat typed array, nested arrays or a list of tensors. Float32Array,
 * Int32Array and Uint8Array are used as they are. A last axis of 1 may be missing or too much, as in
 * Keras: [n] is taken for [n,1] and the reverse. ERR_SHAPE for a wrong shape, ERR_DATA for wrong
 * types and for no rows at all.
 */
export function toRows(value: unknown, format: RowFormat): Rows {
  const rows = readRows(value, format);
  if (rows.count === 0) throw new DataError('has no samples', { place: format.place });
  return rows;
}

function readRows(value: unknown, format: RowFormat): Rows {
  if (isTensor(value)) {
    const { values, shape } = asTensor(format.place, 'data', value);
    checkTensorShape(shape, format);
    return { data: hostArray(values, format), count: shape[0] ?? 0 };
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
  if (isArray(value)) return listedRows(value, format);
  throw new DataError(`expected a tensor, a typed array or nested arrays, got ${kindOf(value)}`, {
    place: format.place,
  });
}

function listedRows(value: readonly unknown[], format: RowFormat): Rows {
  if (!isTensor(value[0])) return nestedRows(value, format);
  const data = stackedRows(format.place, value, format.shape);
  return { data: hostArray(data, format), count: value.length };
}

function nestedRows(value: NestedData, format: RowFormat): Rows {
  const { place } = format;
  let shape = format.shape;
  if (value.length > 0) {
    const deep = depthOf(value) - 1;
    if (deep === shape.length - 1 && shape.at(-1) === 1) shape = shape.slice(0, -1);
    else if (deep === shape.length + 1) shape = [...shape, 1];
  }
  const full = [value.length, ...shape];
  const kind = format.kind === 'labels' ? Float64Array : Float32Array;
  const data = allocated<Float64Array | Float32Array>(place, kind, sizeOf(full));
  fillNested(place, value, full, data);
  return { data: hostArray(data, format), count: value.length };
}

function checkTensorShape(found: Shape, { place, shape }: RowFormat): void {
  if (found.length > 0 && fitsRow(found.slice(1), shape)) return;
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
