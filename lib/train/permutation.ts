import { nativeAddon } from '../native/addon.js';

/**
 * The order in which an epoch visits its rows: 0 to count - 1, shuffled. It depends on the seed
 * and the epoch alone, so a resumed run visits the rows as an uninterrupted one does.
 */
export function permutation(count: number, seed: number, epoch: number): Int32Array {
  const order = new Int32Array(count);
  // batches() may be called without an epoch, which counts as 0.
  nativeAddon().shuffle(order, seed, epoch >>> 0);
  return order;
}
