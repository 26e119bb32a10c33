import { types } from 'node:util';
import { hasMember } from '../errors/instances.js';
import { isArray } from '../errors/lists.js';
import type { Tensor } from '../tensor/tensor.js';
import type { TypedArray } from '../tensor/typedArray.js';

/** Known by its form, so that a tensor of another copy of this package is one too. */
export function isTensor(value: unknown): value is Tensor {
  if (!hasMember(value, 'values') || !hasMember(value, 'shape')) return false;
  if (!isArray(value.shape)) return false;
  return hasMember(value, 'dtype') && ArrayBuffer.isView(value.values);
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
  for (; depth < deepest && (isArray(level) || isTypedArray(level)); ++depth) {
    level = level[0];
  }
  return depth;
}
