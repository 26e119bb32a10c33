import type { Layer } from './layer.js';

const firstIds = new WeakMap<Layer, number>();
let unused = 0;

/**
 * The number by which stores know the layer's first weight; the others follow. Fixed by the first
 * call, and no other layer's in this process.
 */
export function firstWeightId(layer: Layer): number {
  let first = firstIds.get(layer);
  if (first === undefined) {
    first = unused;
    unused += layer.weights.length;
    firstIds.set(layer, first);
  }
  return first;
}
