import { describe, expect, it } from '@jest/globals';
import { tensor } from '../../lib/tensor/create.js';
import { predict } from '../../lib/train/predict.js';
import { toInputs, toSamples } from '../../lib/train/samples.js';
import { withWeights } from '../../lib/train/sampleWeights.js';
import { LinearModel } from './linearModel.js';

function modelOf(...shape: number[]): LinearModel {
  return Object.assign(new LinearModel(), { inputSlots: [{ name: 'x', shape }] });
}

function inputOf(model: LinearModel, x: unknown): { count: number; values: number[] } {
  const [rows] = toInputs(model, x);
  return { count: rows?.count ?? 0, values: [...(rows?.data ?? [])] };
}

describe('an input of one value a row', () => {
  it.each([
    [[1, 2, 3]],
    [[[1], [2], [3]]],
    [[[[1]], [[2]], [[3]]]],
    [tensor([1, 2, 3])],
    [[tensor([1, 2, 3])]],
    [tensor([1, 2, 3], [3, 1])],
    [tensor([1, 2, 3], [3, 1, 1])],
  ])('is taken as %p', (x) => {
    expect(inputOf(modelOf(1), x)).toEqual({ count: 3, values: [1, 2, 3] });
  });

  it('may lack the last axis of images too', () => {
    const x = tensor(new Float32Array(12), [2, 2, 3]);
    expect(toInputs(modelOf(2, 3, 1), x)[0]?.count).toBe(2);
  });
});

describe('a list of tensors', () => {
  const rows = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];
  const images = rows.map((row) => tensor(row, [2, 2, 1]));

  it('is stacked where each is a row', () => {
    const all = { count: 2, values: [1, 2, 3, 4, 5, 6, 7, 8] };
    expect(inputOf(modelOf(2, 2, 1), images)).toEqual(all);
    const [first] = images;
    expect(inputOf(modelOf(2, 2, 1), [first])).toEqual({ count: 1, values: rows[0] });
    expect(inputOf(modelOf(2, 2, 1), { x: images })).toEqual(all);
  });

  it('may lack the last axis of one value, or have one more', () => {
    const all = { count: 2, values: rows.flat() };
    const flat = rows.map((row) => tensor(row, [2, 2]));
    expect(inputOf(modelOf(2, 2, 1), flat)).toEqual(all);
    expect(inputOf(modelOf(2, 2), images)).toEqual(all);
    expect(inputOf(modelOf(2, 2, 1), [flat[0]])).toEqual({ count: 1, values: rows[0] });
  });

  it('goes to each of several inputs', () => {
    const model = modelOf(2, 2, 1);
    const slots = [...model.inputSlots, { name: 'z', shape: [1] }];
    const [x, z] = toInputs(Object.assign(model, { inputSlots: slots }), [images, [8, 9]]);
    expect(x?.data).toHaveLength(8);
    expect([...(z?.data ?? [])]).toEqual([8, 9]);
  });

  it('is one array where it has the batch axis', () => {
    const batch = tensor(rows.flat(), [2, 2, 2, 1]);
    expect(toInputs(modelOf(2, 2, 1), [batch])[0]?.data).toBe(batch.values);
  });

  it('keeps bytes and whole numbers as they are', () => {
    const bytes = rows.map((row) => tensor(Uint8Array.from(row), [4]));
    expect(toInputs(modelOf(4), bytes)[0]?.data).toBeInstanceOf(Uint8Array);
    const mixed = [bytes[0], tensor([0.5, 6, 7, 8])];
    expect(inputOf(modelOf(4), mixed).values).toEqual([1, 2, 3, 4, 0.5, 6, 7, 8]);
  });

  it.each([
    [[images[0], tensor([1, 2])], 'ERR_SHAPE', 'x[1]: expected one row of shape [2,2,1], got [2]'],
    [[images[0], 5], 'ERR_DATA', 'x[1]: expected a tensor as before it, got 5'],
  ])('names the one that does not fit: %#', (x, code, message) => {
    const take = () => toInputs(modelOf(2, 2, 1), x);
    expect(take).toThrow(expect.objectContaining({ code }));
    expect(take).toThrow(message);
  });

  it('may hold labels and weights', () => {
    const outputSlot = { shape: [4], loss: 'sparse', target: 'labels' } as const;
    const model = new LinearModel({ outputSlot });
    const scalars = [tensor(1, []), tensor(3, [])];
    expect([...(toSamples(model, [[1], [2]], scalars).targets[0] ?? [])]).toEqual([1, 3]);
    // As many labels and weights as classes: still one array of all rows.
    const x = [[1], [2], [3], [4]];
    const samples = toSamples(model, x, [tensor([0, 1, 2, 3])]);
    expect([...(samples.targets[0] ?? [])]).toEqual([0, 1, 2, 3]);
    const { sampleWeights } = withWeights(model, samples, { sampleWeight: [tensor([1, 2, 3, 4])] });
    expect([...(sampleWeights?.[0] ?? [])]).toEqual([1, 2, 3, 4]);
  });
});

describe('one sample without its batch axis', () => {
  it.each([
    [tensor(new Float32Array(12), [2, 2, 3]), 'pass a batch of one, x.reshape([1,2,2,3])'],
    [
      Array.from({ length: 2 }, () => [
        [1, 2, 3],
        [4, 5, 6],
      ]),
      'pass a batch of one, [x]',
    ],
  ])('is refused with what to do: %#', async (x, advice) => {
    const predicted = predict(modelOf(2, 2, 3), x);
    await expect(predicted).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(predicted).rejects.toThrow(
      `x: is one sample [2,2,3] without its batch axis; ${advice}`,
    );
  });

  it('is not seen in other wrong shapes', () => {
    const x = tensor(new Float32Array(12), [3, 2, 2]);
    expect(() => toInputs(modelOf(2, 2, 3), x)).toThrow('expected shape [n,2,2,3], got [3,2,2]');
  });
});

it('an array that holds itself is refused', () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  expect(() => toInputs(modelOf(1), cyclic)).toThrow(
    expect.objectContaining({ code: 'ERR_SHAPE' }),
  );
});
