import { philox } from './philox.js';

/** Keeps the numbers of shuffling apart from those of other uses of the same seed. */
const shuffleStream = 0x73687566;

/**
 * The order in which an epoch visits its rows: 0 to count - 1, shuffled (Fisher-Yates). It depends
 * on the seed and the epoch alone, so a resumed run visits the rows as an uninterrupted one does.
 */
export function permutation(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  let numbers: readonly number[] = [];
  for (let i = count - 1; i > 0; --i) {
    const draw = count - 1 - i;
    if (draw % 2 === 0) numbers = philox([draw / 2, 0, epoch, shuffleStream], key);
    const high = numbers[(draw % 2) * 2] ?? 0;
    const low = numbers[(draw % 2) * 2 + 1] ?? 0;
    // 53 random bits, so that every place is as likely as the next to one part in 2^21.
    const other = Math.floor((((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53) * (i + 1));
    const value = order[i] ?? 0;
    order[i] = order[other] ?? 0;
    order[other] = value;
  }
  return order;
}
