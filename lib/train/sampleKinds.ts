import { types } from 'node:util';
import { isArray } from '../errors/lists.js';
import { sameShape, type Shape } from '../tensor/shapes.js';
import type { TypedArray } from '../tensor/typedArray.js';

/** Whether `value` is a typed array, of any realm. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !types.isDataView(value);
}

/** Whether a row's shape is the one expected, but for a last axis of 1 that is missing or too much. */
export function fitsRow(found: Shape, shape: Shape): boolean {
  if (sameShape(found, shape)) return true;
  return sameShape(found, [...shape, 1]) || sameShape([...found, 1], shape);
}

// No data is as deep: an array that holds itself is.
const deepest = 32;

/** How deep arrays are nested; 0 for a number. */
export function depthOf(value: unknown): number {
  let depth = 0;
  let level = value;
  for (; depth < deepest && (isArray(level) || isTypedArray(level)); ++depth) {
    level = level[0];
  }
  return depth;
}
