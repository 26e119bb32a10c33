import { types } from 'node:util';
import type { Tensor } from '../tensor/tensor.js';
import type { TypedArray } from '../tensor/typedArray.js';

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

// No data is as deep: an array that holds itself is.
const deepest = 32;

/** How deep arrays are nested; 0 for a number. */
export function depthOf(value: unknown): number {
  let depth = 0;
  let level = value;
  for (; depth < deepest && (Array.isArray(level) || isTypedArray(level)); ++depth) {
    level = level[0];
  }
  return depth;
}
