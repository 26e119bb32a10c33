import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { permutation } from '../../lib/train/permutation.js';
import { philox } from '../../lib/train/philox.js';

describe('philox', () => {
  // The known answers of Random123 for philox4x32-10.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('of %p under %p', (counter, key, numbers) => {
    expect(philox([...counter], [...key])).toEqual(numbers);
  });
});

describe('permutation', () => {
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
