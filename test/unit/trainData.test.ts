import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { tensor } from '../../lib/tensor/create.js';
import { toRows } from '../../lib/train/rows.js';
import { toInputs, toSamples } from '../../lib/train/samples.js';
import { bySlot } from '../../lib/train/slotParts.js';
import { withWeights } from '../../lib/train/sampleWeights.js';
import { LinearModel } from './linearModel.js';

const images = { place: 'x', shape: [2, 3], kind: 'values' } as const;

function labelsModel(): LinearModel {
  const outputSlot = {
    shape: [4],
    loss: 'sparseCategoricalCrossentropy',
    target: 'labels',
  } as const;
  return new LinearModel({ outputSlot });
}

describe('rows', () => {
  it.each([new Uint8Array(12), new Int32Array(12), new Float32Array(12)])(
    'takes a typed array as it is',
    (values) => {
      const rows = toRows(values, images);
      expect(rows.count).toBe(2);
      expect(rows.data).toBe(values);
    },
  );

  it('takes the values of a tensor without a copy', () => {
    const x = tensor(new Uint8Array(12), [2, 2, 3]);
    expect(toRows(x, images)).toEqual({ data: x.values, count: 2 });
    expect(toRows(x, images).data).toBe(x.values);
  });

  it('takes a typed array of another realm', () => {
    const foreign: unknown = runInNewContext('new Float32Array(6)');
    expect(toRows(foreign, images).data).toBe(foreign);
  });

  it('flattens nested arrays in row-major order', () => {
    const rows = toRows([[[1, 2, 3], new Float32Array([4, 5, 6])]], images);
    expect(rows.count).toBe(1);
    expect([...rows.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('names the place of a ragged array', () => {
    const ragged = [
      [
        [1, 2, 3],
        [4, 5],
      ],
    ];
    expect(() => toRows(ragged, images)).toThrow('x[0][1]: expected 3 elements, got 2');
    expect(() => toRows(ragged, images)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });

  it.each([
    [[[[1, 2, 'a'], []]], 'ERR_DATA', "x[0][0][2]: expected a number, got 'a'"],
    [[[1, 2]], 'ERR_SHAPE', 'x[0][0]: expected an array of 3, got 1'],
    [new Float32Array(7), 'ERR_SHAPE', '7 values are no whole number of rows of 6'],
    [tensor(new Float32Array(12), [2, 6]), 'ERR_SHAPE', 'expected shape [n,2,3], got [2,6]'],
    [[], 'ERR_DATA', 'x: has no samples'],
    [new Float32Array(0), 'ERR_DATA', 'x: has no samples'],
    ['text', 'ERR_DATA', "got 'text'"],
    [new BigInt64Array(6), 'ERR_DATA', '64-bit integers'],
  ])('refuses %p', (value, code, message) => {
    expect(() => toRows(value, images)).toThrow(message);
    expect(() => toRows(value, images)).toThrow(expect.objectContaining({ code }));
  });
});

describe('samples', () => {
  it('shares data out by order and by name', () => {
    const slots = [
      { name: 'a', shape: [1] },
      { name: 'b', shape: [1] },
    ];
    expect(bySlot('x', 'input', slots, [[1], [2]]).map((part) => part.value)).toEqual([[1], [2]]);
    expect(bySlot('x', 'input', slots, { b: [2], a: [1] }).map((part) => part.value)).toEqual([
      [1],
      [2],
    ]);
    expect(() => bySlot('x', 'input', slots, [[1]])).toThrow("the inputs 'a', 'b'");
    expect(() => bySlot('x', 'input', slots, { a: [1] })).toThrow("missing the input 'b'");
    expect(() => bySlot('x', 'input', slots, { a: 1, bb: 1 })).toThrow("no input 'bb'");
  });

  it('refuses x and y of different lengths', () => {
    const model = new LinearModel();
    expect(() => toSamples(model, [[1], [2]], [[1]])).toThrow('y: has 1 rows, but x has 2');
  });

  it.each([[[0, 1, 3]], [[[0], [1], [3]]], [Uint8Array.of(0, 1, 3)], [Float64Array.of(0, 1, 3)]])(
    'takes labels %p',
    (y) => {
      const samples = toSamples(labelsModel(), [[1], [2], [3]], y);
      expect([...(samples.targets[0] ?? [])]).toEqual([0, 1, 3]);
    },
  );

  it.each([
    [[0, 4, 1], 'ERR_DATA', 'y: row 1: label 4 is not within 0 to 3'],
    [[0, 1, -1], 'ERR_DATA', 'y: row 2: label -1'],
    [[0.5, 1, 1], 'ERR_DATA', 'y: row 0: label 0.5 is not a whole number'],
    [Array.from({ length: 3 }, () => [0, 0, 1, 0]), 'ERR_SHAPE', 'categoricalCrossentropy'],
  ])('refuses labels %p', (y, code, message) => {
    const take = () => toSamples(labelsModel(), [[1], [2], [3]], y);
    expect(take).toThrow(message);
    expect(take).toThrow(expect.objectContaining({ code }));
  });

  it('advises one-hot rows where labels meet a dense loss', () => {
    const model = new LinearModel({ outputSlot: { shape: [3] } });
    const y = tensor(Int32Array.of(0, 1));
    expect(() => toSamples(model, [[1], [2]], y)).toThrow('oneHot(y, 3)');
  });

  it('takes [n] for [n,1]', () => {
    const model = new LinearModel();
    expect([...(toSamples(model, [[1], [2]], [3, 4]).targets[0] ?? [])]).toEqual([3, 4]);
    expect(toSamples(model, [[1], [2]], tensor([3, 4])).count).toBe(2);
  });

  it('refuses a missing x', () => {
    expect(() => toInputs(new LinearModel(), undefined)).toThrow('x: is missing');
  });
});

describe('sample weights', () => {
  const y = [0, 1, 3];
  const samples = () => toSamples(labelsModel(), [[1], [2], [3]], y);

  it('weighs rows by class, one where a class is not named', () => {
    const weighted = withWeights(labelsModel(), samples(), { classWeight: { 1: 5, 3: 0.5 } });
    expect([...(weighted.sampleWeights?.[0] ?? [])]).toEqual([1, 5, 0.5]);
  });

  it('weighs one-hot rows by class', () => {
    const model = new LinearModel({ outputSlot: { shape: [3] } });
    const oneHot = toSamples(
      model,
      [[1], [2]],
      [
        [0, 0, 1],
        [1, 0, 0],
      ],
    );
    const weighted = withWeights(model, oneHot, { classWeight: { 2: 4 } });
    expect([...(weighted.sampleWeights?.[0] ?? [])]).toEqual([4, 1]);
  });

  it.each([
    [{ sampleWeight: [1, 2, 3], classWeight: { 0: 1 } }, 'ERR_OPTION', 'not both'],
    [{ sampleWeight: [1, 2] }, 'ERR_DATA', 'has weights of 2 rows, but x has 3'],
    [{ sampleWeight: [1, NaN, 2] }, 'ERR_DATA', 'row 1: weight NaN'],
    [{ classWeight: { 4: 1 } }, 'ERR_OPTION', 'class 4 is not within 0 to 3'],
    [{ classWeight: { 1: NaN } }, 'ERR_OPTION', 'class 1 has the weight NaN'],
  ])('refuses %p', (weighting, code, message) => {
    const take = () => withWeights(labelsModel(), samples(), weighting);
    expect(take).toThrow(message);
    expect(take).toThrow(expect.objectContaining({ code }));
  });
});
