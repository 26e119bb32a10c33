import { describe, expect, it } from '@jest/globals';
import { tensor } from '../../lib/tensor/create.js';
import { classWeights } from '../../lib/train/classWeights.js';

const slot = { shape: [3], loss: 'sparseCategoricalCrossentropy', target: 'labels' } as const;
const kind = { ...slot, name: 'kind' };
const place = { ...slot, name: 'place' };
const samples = {
  count: 4,
  inputs: [],
  targets: [Int32Array.of(0, 1, 2, 1), Int32Array.of(2, 2, 0, 1)],
};

class Weights {
  readonly 1 = 5;
}

function ofBoth(value: unknown): number[][] {
  return classWeights([kind, place], samples, value).map((weights) => [...weights]);
}

describe('class weights', () => {
  it.each([
    [{ 1: 5, 2: 0.5 }],
    [[{ 1: 5, 2: 0.5 }]],
    [{ kind: { 1: 5, 2: 0.5 } }],
    [Object.assign(Object.create(null) as object, { 1: 5, 2: 0.5 })],
  ])('%p weighs the rows of one output', (value) => {
    const [weights] = classWeights([kind], samples, value);
    expect([...(weights ?? [])]).toEqual([1, 5, 0.5, 5]);
  });

  it('are given for several outputs in order or by name', () => {
    const both = [
      [1, 5, 1, 5],
      [7, 7, 1, 1],
    ];
    expect(ofBoth([{ 1: 5 }, { 2: 7 }])).toEqual(both);
    expect(ofBoth({ place: { 2: 7 }, kind: { 1: 5 } })).toEqual(both);
    expect(ofBoth([null, { 2: 7 }])).toEqual([[1, 1, 1, 1], both[1]]);
    expect(ofBoth({ place: { 2: 7 } })).toEqual([[1, 1, 1, 1], both[1]]);
  });

  it.each<[unknown, string]>([
    [[{ 1: 5 }], "has 1 entries for 2 outputs ('kind', 'place')"],
    [[{ 1: 5 }, 5], 'is 5; expected {class: weight}'],
    [{ 1: 5 }, 'the model has 2 outputs'],
    [{ kinds: { 1: 5 } }, "names 'kinds', which is no output with a loss; did you mean 'kind'?"],
    [{ kind: { 1: 5 }, 0: 1 }, "names '0'"],
    [{ kind: [1, 5] }, 'is [1,5]; expected {class: weight}'],
    [{ kind: new Map([[1, 5]]) }, 'is Map(1)'],
    [{ kind: 5 }, 'the model has 2 outputs'],
  ])('refuses %p for two outputs', (value, message) => {
    expect(() => ofBoth(value)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
    expect(() => ofBoth(value)).toThrow(message);
  });

  it.each<[unknown, string]>([
    [new Map([[1, 5]]), 'is Map(1)'],
    [tensor([1, 5, 1]), 'expected {class: weight}'],
    [Float32Array.of(1, 5, 1), 'expected {class: weight}'],
    [new Weights(), 'is Weights'],
    [[1, 5, 1], 'has 3 entries for 1 outputs'],
    [[5], 'is 5'],
    [5, 'is 5'],
    ['balanced', "is 'balanced'"],
    [{ one: 5 }, "class 'one' is not within 0 to 2, the classes of 'kind'"],
    [{ '': 5 }, "class '' is not"],
    [{ '01': 5 }, "class '01' is not"],
    [{ 3: 5 }, 'class 3 is not'],
    [{ '-1': 5 }, 'class -1 is not'],
    [{ '1.5': 5 }, 'class 1.5 is not'],
    [{ 1: '5' }, "class 1 has the weight '5'"],
    [{ 1: NaN }, 'class 1 has the weight NaN'],
    [{ 1: undefined }, 'class 1 has the weight undefined'],
  ])('refuses %p for one output', (value, message) => {
    const take = () => classWeights([kind], samples, value);
    expect(take).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
    expect(take).toThrow(message);
  });
});
