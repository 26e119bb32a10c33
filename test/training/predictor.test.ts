/** Single requests gathered into batches. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { input, layers, model as functional, tensor, type Tensor } from '../../lib/index.js';
import type { NativeProgram } from '../../lib/native/program.js';
import { smallNetwork, stripes } from './models.js';

const { x } = stripes(64);
const rowOf = (i: number) => x.subarray(i * 36, (i + 1) * 36);
const model = smallNetwork();
afterAll(() => model.dispose());

/** Counts the batches that reach the model. */
function counted(): { readonly sizes: number[]; readonly restore: () => void } {
  const sizes: number[] = [];
  const useProgram = model.useProgram.bind(model);
  const counting = (native: NativeProgram) =>
    new Proxy(native, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (name === 'predict') sizes.push((given[0] as { size: number }).size);
          return Reflect.apply(value, target, given) as unknown;
        };
      },
    });
  model.useProgram = (call) => useProgram((native) => call(counting(native)));
  return { sizes, restore: () => void (model.useProgram = useProgram) };
}

describe('requests', () => {
  it('get what predict() gives, in few batches', async () => {
    const all = await model.predict(x);
    const { sizes, restore } = counted();
    const predictor = model.predictor({ maxBatch: 16, maxWait: 50 });
    const outputs = await Promise.all(
      Array.from({ length: 64 }, (_, i) => predictor.predict(rowOf(i))),
    );
    restore();
    expect(sizes).toEqual([16, 16, 16, 16]);
    outputs.forEach((output, i) => {
      const { shape, values } = output;
      expect(shape).toEqual([1, 3]);
      values.forEach((value, j) => {
        expect(value).toBeCloseTo(all.values[3 * i + j] ?? NaN, 5);
      });
    });
    await predictor.close();
  });

  it('of a full batch do not wait, a single one for maxWait at most', async () => {
    const predictor = model.predictor({ maxBatch: 4, maxWait: 60_000 });
    const outputs = await Promise.all([0, 1, 2, 3].map((i) => predictor.predict(rowOf(i))));
    expect(outputs).toHaveLength(4);
    await predictor.close();
    const hasty = model.predictor({ maxWait: 20 });
    const asked = performance.now();
    await hasty.predict(rowOf(0));
    expect(performance.now() - asked).toBeGreaterThanOrEqual(19);
    await hasty.close();
  });

  it('may have several rows, tensors and several inputs and outputs', async () => {
    const predictor = model.predictor({ maxBatch: 4, maxWait: 5 });
    const pair = tensor(x.slice(0, 72), [2, 6, 6, 1]);
    const [two, one] = await Promise.all([predictor.predict(pair), predictor.predict(rowOf(2))]);
    expect([two.shape, one.shape]).toEqual([
      [2, 3],
      [1, 3],
    ]);
    await predictor.close();

    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [1], name: 'b' })];
    const sum = layers.dense({ units: 1, name: 'sum' }).apply(layers.concatenate().apply([a, b]));
    const other = layers.dense({ units: 2, name: 'other' }).apply(a);
    const forked = functional({ inputs: [a, b], outputs: [sum, other] });
    const both = forked.predictor();
    const requests = [
      { a: [[1, 2]], b: [[3]] },
      { a: Float32Array.of(4, 5), b: [[6]] },
    ];
    const answers = await Promise.all(requests.map((request) => both.predict(request)));
    for (const [i, request] of requests.entries()) {
      const expected = (await forked.predict(request)) as Tensor[];
      const given = answers[i] as Tensor[];
      expect(given.map(({ shape }) => shape)).toEqual([
        [1, 1],
        [1, 2],
      ]);
      expect(given[1]?.values[0]).toBeCloseTo(expected[1]?.values[0] ?? NaN, 5);
    }
    await both.close();
    await forked.dispose();
  });

  it('of others are answered beside one that fails', async () => {
    const predictor = model.predictor({ maxBatch: 8, maxWait: 20 });
    const bad = rowOf(1).slice();
    bad[5] = NaN;
    const results = await Promise.allSettled(
      [0, 1, 2].map((i) => predictor.predict(i === 1 ? bad : rowOf(i))),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'ERR_DATA' } });
    await expect(predictor.predict(new Float32Array(35))).rejects.toMatchObject({
      code: 'ERR_SHAPE',
    });
    await expect(predictor.predict(x)).rejects.toThrow(/x: has 64 rows; at most maxBatch, 8/);
    await predictor.close();
  });
});

describe('limits', () => {
  it('refuse more than maxQueue', async () => {
    const predictor = model.predictor({ maxBatch: 2, maxWait: 1000, maxQueue: 3 });
    const requests = Array.from({ length: 8 }, (_, i) => predictor.predict(rowOf(i)));
    const results = await Promise.allSettled(requests);
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const result of refused) {
      expect(result).toMatchObject({ reason: { code: 'ERR_MODEL_BUSY' } });
    }
    expect(predictor.pending).toBe(0);
    await predictor.close();
  });

  it('a predictor closed while requests wait answers them, and no more', async () => {
    const predictor = model.predictor({ maxBatch: 4, maxWait: 60_000 });
    const waiting = Array.from({ length: 7 }, (_, i) => predictor.predict(rowOf(i)));
    const closed = predictor.close();
    await expect(predictor.predict(rowOf(0))).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    expect(await Promise.all(waiting)).toHaveLength(7);
    await closed;
    await predictor.close();
  });

  it('a model that goes rejects those that wait', async () => {
    const other = smallNetwork();
    const predictor = other.predictor({ maxWait: 60_000 });
    const waiting = [0, 1, 2].map((i) => predictor.predict(rowOf(i)));
    await other.dispose();
    const closed = predictor.close();
    for (const result of await Promise.allSettled(waiting)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_DISPOSED' } });
    }
    await closed;
    expect(() => other.predictor()).toThrow(/it was disposed/);
  });

  it.each([
    [{ maxBatch: 0 }, /maxBatch is 0; expected a whole number from 1/],
    [{ maxWait: -1 }, /maxWait is -1; expected a finite number from 0/],
    [{ maxQueue: 1.5 }, /maxQueue is 1.5/],
    [{ maxbatch: 3 }, /unknown option 'maxbatch'/],
  ])('%j is refused', (options, message) => {
    expect(() => model.predictor(options as never)).toThrow(message);
  });
});
