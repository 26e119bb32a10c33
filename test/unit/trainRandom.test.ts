import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { permutation } from '../../lib/train/permutation.js';

describe('permutation', () => {
  // A run that is resumed under another version has to visit the rows as it did before.
  it.each([
    [1, 1, 0, [0]],
    [2, 5, 1, [0, 1]],
    [2, 3, 0, [1, 0]],
    [8, 0, 0, [1, 7, 0, 3, 2, 5, 4, 6]],
    [9, 3, 0, [7, 1, 0, 2, 6, 5, 8, 3, 4]],
    [17, 2 ** 40 + 3, 9, [11, 16, 12, 1, 14, 8, 6, 3, 2, 5, 13, 9, 15, 10, 7, 4, 0]],
    [17, 2 ** 53 - 1, 2 ** 32 - 1, [11, 12, 8, 15, 9, 4, 7, 0, 16, 14, 10, 2, 3, 6, 1, 5, 13]],
    [1000, 7, 3, [816, 825, 534, 930, 351, 753, 469, 776, 326, 343]],
    [1_200_000, 42, 2, [713209, 965812, 155556, 313871, 124040, 434934, 686461, 296738]],
  ])('of %i rows, with seed %i, in epoch %i begins as ever', (count, seed, epoch, first) => {
    expect([...permutation(count, seed, epoch).subarray(0, first.length)]).toEqual(first);
  });

  it.each([
    [1000, 7, 3, '99949ca891b072854f1cefddff3050d9b18973085d056412b094e7841540fce0'],
    [1_200_000, 42, 2, '045bfcbec46528eeb79b8c6c1ef762bd4415bf37d08d0869606ab03b227db9b1'],
  ])('of %i rows, with seed %i, in epoch %i is as ever to its end', (count, seed, epoch, sum) => {
    const order = permutation(count, seed, epoch);
    expect(createHash('sha256').update(order).digest('hex')).toBe(sum);
  });

  it('has every number once', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.maxSafeNat(), fc.nat(1000), (count, seed, epoch) => {
        const sorted = permutation(count, seed, epoch).sort();
        expect([...sorted]).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
      { seed: 1 },
    );
  });

  it('depends on every bit of the seed and on the epoch', () => {
    const orders = [
      permutation(50, 1, 0),
      permutation(50, 1, 1),
      permutation(50, 2, 0),
      permutation(50, 1 + 2 ** 40, 0),
    ].map((order) => order.join());
    expect(new Set(orders).size).toBe(4);
    expect(permutation(50, 1, 1).join()).toBe(orders[1]);
  });

  it('puts each number into each place equally often', () => {
    const counts = Array.from({ length: 6 }, () => new Array<number>(6).fill(0));
    const runs = 6000;
    for (let epoch = 0; epoch < runs; ++epoch) {
      permutation(6, 99, epoch).forEach((value, place) => {
        const row = counts[place];
        if (row) row[value] = (row[value] ?? 0) + 1;
      });
    }
    // Chi-square with 25 degrees of freedom: 52.6 has a probability of 0.001.
    const expected = runs / 6;
    const chi = counts.flat().reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(52.6);
  });
});
