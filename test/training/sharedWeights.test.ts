/** Models of the same layers have the same weights. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { layers, model, sequential, tensor, train } from '../../lib/index.js';
import type { Tensor } from '../../lib/index.js';
import { nativeAddon } from '../../lib/native/addon.js';
import { weightBits } from './models.js';
import { compiled, quiet, rows, values, weights, width, Workshop, x, y } from './workshop.js';

/** As closely as float32 and, where values moved, its rounding allow. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-5);
  });
}

describe.each(['cpu', 'reference'])('on %s', (backend) => {
  const workshop = new Workshop(backend);
  afterEach(async () => {
    await workshop.end();
    expect(nativeAddon().liveHandles()).toBe(0);
  });

  it("a model of another's layers gives what that one gives, also once it has trained", async () => {
    const base = compiled(workshop.network('base'));
    const same = workshop.track(
      model({ backend, seed: 9, inputs: base.inputs, outputs: base.outputs }),
    );
    const stacked = workshop.over('stacked', base);
    const before = await values(same);
    expect(await values(base)).toEqual(before);
    await base.fit(x, y, { ...quiet, epochs: 3 });
    expect(await values(same)).toEqual(await values(base));
    expect(await values(stacked)).toEqual(await values(base));
    expect(await values(same)).not.toEqual(before);
    expect(await weights(same)).toEqual(await weights(base));
  });

  it('an extractor gives the features', async () => {
    const base = compiled(workshop.network('base'));
    const extractor = workshop.track(
      model({ backend, inputs: base.inputs, outputs: base.getLayer('base_one').output }),
    );
    await base.fit(x, y, quiet);
    const features = await values(extractor);
    const [, , kernel = [], bias = []] = await weights(base);
    const byHand = Array.from({ length: rows * width }, (_, i) => {
      const row = features.slice(
        Math.floor(i / width) * width,
        (Math.floor(i / width) + 1) * width,
      );
      const unit = i % width;
      return row.reduce(
        (sum, v, j) => sum + v * (kernel[j * width + unit] ?? NaN),
        bias[unit] ?? 0,
      );
    });
    expectClose(byHand, await values(base));
  });

  it('first weights are those of a model alone, and of the model that needs them first', async () => {
    const alone = await weights(workshop.network('alone', 3));
    const base = workshop.network('alone', 3);
    const other = workshop.track(
      model({ backend, seed: 8, inputs: base.inputs, outputs: base.outputs }),
    );
    expect(await weights(base)).toEqual(alone);
    expect(await weights(other)).toEqual(alone);
    const third = workshop.network('alone', 3);
    const first = workshop.track(
      model({ backend, seed: 8, inputs: third.inputs, outputs: third.outputs }),
    );
    expect(await weights(first)).not.toEqual(alone);
    expect(await weights(third)).toEqual(await weights(first));
  });

  it('two models trained in turn change their layers as one model does', async () => {
    const make = () =>
      workshop.track(
        sequential({ backend, layers: [layers.dense({ units: width, inputShape: [width] })] }),
      );
    const first = compiled(make(), train.sgd(0.1));
    const second = compiled(workshop.over('second', first), train.sgd(0.1));
    const whole = compiled(make(), train.sgd(0.1));
    for (let i = 0; i < 4; ++i) {
      const logs = await (i % 2 === 0 ? first : second).trainOnBatch(x, y);
      expect(logs).toEqual(await whole.trainOnBatch(x, y));
    }
    expect(await weightBits(second)).toEqual(await weightBits(whole));
  });

  it('a generator learns through a judge that is trained alone', async () => {
    const parts = () => {
      const judge = workshop.track(
        sequential({
          backend,
          name: 'judge',
          layers: [layers.dense({ units: 1, inputShape: [width], name: 'judge' })],
        }),
      );
      compiled(judge, train.sgd({ learningRate: 0.05, momentum: 0.9 }));
      const generator = workshop.track(
        sequential({
          backend,
          name: 'generator',
          layers: [
            layers.dense({ units: width, activation: 'tanh', inputShape: [width], name: 'maker' }),
          ],
        }),
      );
      return { judge, generator };
    };
    const { judge, generator } = parts();
    judge.trainable = false;
    const joined = compiled(workshop.over('joined', generator, judge));
    judge.trainable = true;
    // The same with weights that are carried over by hand.
    const apart = parts();
    apart.judge.trainable = false;
    const copies = parts();
    copies.judge.trainable = false;
    const whole = compiled(workshop.over('whole', copies.generator, copies.judge));
    await apart.judge.setWeights(await judge.getWeights());
    const real = tensor(
      Float32Array.from({ length: rows }, (_, i) => i % 2),
      [rows, 1],
    );
    const wanted = tensor(new Float32Array(rows).fill(1), [rows, 1]);
    await whole.setWeights([...(await generator.getWeights()), ...(await judge.getWeights())]);
    for (let i = 0; i < 5; ++i) {
      await judge.trainOnBatch(y, real);
      await joined.trainOnBatch(x, wanted);
      await apart.judge.trainOnBatch(y, real);
      const [kernel, bias] = await whole.getWeights();
      const judged = await apart.judge.getWeights();
      await whole.setWeights([kernel as Tensor, bias as Tensor, ...judged]);
      await whole.trainOnBatch(x, wanted);
    }
    const expected = await weights(whole);
    expectClose((await weights(joined)).flat(), expected.flat());
    expectClose((await weights(judge)).flat(), expected.slice(2).flat());
    expect(await weights(generator)).toEqual((await weights(joined)).slice(0, 2));
  });

  it('a model of two that have trained already takes both as they are', async () => {
    const pairs = ['calm', 'joined'].map(() => ({
      a: compiled(workshop.network('a', 1)),
      b: compiled(workshop.network('b', 2), train.sgd({ learningRate: 0.05, momentum: 0.9 })),
    }));
    const [calm, joining] = pairs as [(typeof pairs)[0], (typeof pairs)[0]];
    for (const { a, b } of pairs) {
      await a.fit(x, y, { ...quiet, epochs: 2 });
      await b.fit(x, y, { ...quiet, epochs: 3 });
    }
    const both = workshop.over('both', joining.a, joining.b);
    const middle = await calm.a.predict(x);
    expectClose(await values(both), Array.from((await calm.b.predict(middle)).values));
    for (const { a, b } of pairs) {
      await a.fit(x, y, { ...quiet, epochs: 2 });
      await b.fit(x, y, { ...quiet, epochs: 2 });
    }
    for (const name of ['a', 'b'] as const) {
      expectClose((await weights(joining[name])).flat(), (await weights(calm[name])).flat());
      // The reference's doubles are rounded as they move.
      if (backend === 'reference') continue;
      expect(await weightBits(joining[name])).toEqual(await weightBits(calm[name]));
    }
    expect(await weights(both)).toEqual([
      ...(await weights(joining.a)),
      ...(await weights(joining.b)),
    ]);
  });

  it('compile() after a join starts the optimizer anew', async () => {
    const [calm, joining] = [compiled(workshop.network('a')), compiled(workshop.network('a'))];
    const other = workshop.network('b', 2);
    // The one with more weights stays where it is.
    const wide = layers.dense({ units: 20_000, name: 'wide' });
    const larger = sequential({ backend, layers: [...other.layers, wide] });
    await workshop.track(larger).getWeights();
    for (const each of [calm, joining]) await each.fit(x, y, quiet);
    await values(workshop.over('both', joining, other));
    for (const each of [calm, joining]) await compiled(each).fit(x, y, { ...quiet, epochs: 2 });
    expectClose((await weights(joining)).flat(), (await weights(calm)).flat());
  });

  it('joins while one of the two trains, which does not notice', async () => {
    const calm = compiled(workshop.network('a', 1));
    await calm.fit(x, y, { ...quiet, epochs: 20 });
    const busy = compiled(workshop.network('a', 1));
    const idle = workshop.network('b', 2);
    await idle.getWeights();
    const both = workshop.over('both', busy, idle);
    let predicted: number[] = [];
    await busy.fit(x, y, {
      ...quiet,
      epochs: 20,
      callbacks: {
        onEpochEnd: async (epoch: number) => {
          if (epoch === 5) predicted = await values(both);
        },
      },
    });
    expect(predicted).toHaveLength(rows * width);
    expect(predicted).not.toEqual(await values(both));
    expect(await weightBits(busy)).toEqual(await weightBits(calm));
  });

  it('two that both train cannot be joined until one has ended', async () => {
    const a = compiled(workshop.network('a', 1));
    const b = compiled(workshop.network('b', 2));
    await Promise.all([a.getWeights(), b.getWeights()]);
    const both = workshop.over('both', a, b);
    let refused: Promise<unknown> = Promise.resolve();
    const first = a.fit(x, y, {
      ...quiet,
      epochs: 4,
      callbacks: {
        onEpochEnd: async (epoch: number) => {
          if (epoch !== 1) return;
          await b.fit(x, y, {
            ...quiet,
            callbacks: {
              onBatchEnd: async () => {
                refused = both.predict(x);
                await expect(refused).rejects.toMatchObject({
                  code: 'ERR_MODEL_BUSY',
                  message: expect.stringMatching(
                    /^model 'both': .*fit\(\) of model 'a', fit\(\) of model 'b'; await one/,
                  ),
                });
              },
            },
          });
          expect(await values(both)).toHaveLength(rows * width);
        },
      },
    });
    await first;
    await expect(refused).rejects.toThrow();
    expect(await values(both)).toHaveLength(rows * width);
  });

  it('weights that are set in the middle of a training are those it goes on with', async () => {
    const base = compiled(workshop.network('base'), train.sgd(1e-30));
    const same = workshop.track(model({ backend, inputs: base.inputs, outputs: base.outputs }));
    const zeros = base.weights.map(({ shape, count }) => tensor(new Float32Array(count), shape));
    const onBatchEnd = async (batch: number) => {
      if (batch === 1) await same.setWeights(zeros);
    };
    await base.fit(x, y, { ...quiet, batchSize: 2, callbacks: { onBatchEnd } });
    expect(Math.max(...(await weights(base)).flat().map(Math.abs))).toBeLessThan(1e-20);
  });

  it('other models of its layers predict while a model trains, which does not notice', async () => {
    const calm = compiled(workshop.network('base'));
    await calm.fit(x, y, { ...quiet, batchSize: 2, epochs: 10 });
    const base = compiled(workshop.network('base'));
    // The first weights are of the seed of the model that needs them first.
    await base.getWeights();
    const others = [workshop.over('first', base), workshop.over('second', base)];
    const training = base.fit(x, y, { ...quiet, batchSize: 2, epochs: 10 });
    let running = true;
    const predictions = others.map(async (other) => {
      const seen: string[] = [];
      while (running) seen.push(String(await values(other)));
      return new Set(seen).size;
    });
    await training;
    running = false;
    expect(Math.min(...(await Promise.all(predictions)))).toBeGreaterThan(1);
    expect(await weightBits(base)).toEqual(await weightBits(calm));
    for (const other of others) expect(await values(other)).toEqual(await values(base));
  });

  it('freezing makes another program over the same values', async () => {
    const base = compiled(workshop.network('base'));
    const same = workshop.track(model({ backend, inputs: base.inputs, outputs: base.outputs }));
    await base.fit(x, y, quiet);
    const trained = await weights(same);
    base.getLayer('base_one').trainable = false;
    compiled(base);
    expect(await weights(base)).toEqual(trained);
    await base.fit(x, y, quiet);
    const after = await weights(same);
    expect(after.slice(0, 2)).toEqual(trained.slice(0, 2));
    expect(after.slice(2)).not.toEqual(trained.slice(2));
  });

  it('compile() after a call was made does not disturb it', async () => {
    const base = compiled(workshop.network('base'));
    const expected = [await values(base), await weights(base)];
    const calls: Promise<unknown>[] = [];
    for (let i = 0; i < 10; ++i) {
      base.getLayer('base_one').trainable = i % 2 === 0;
      compiled(base);
      calls.push(Promise.all([values(base), weights(base)]));
      calls.push(Promise.all([values(base), weights(base)]));
    }
    for (const each of await Promise.all(calls)) expect(each).toEqual(expected);
  });

  it('a join after a call was made does not disturb it', async () => {
    const a = compiled(workshop.network('a', 1));
    const b = compiled(workshop.network('b', 2));
    const ask = () => Promise.all([values(a), weights(a), values(b), weights(b)]);
    const expected = (await ask()).flat(2);
    const both = workshop.over('both', a, b);
    const before = ask();
    const joined = values(both);
    for (const each of await Promise.all([before, ask(), ask()])) {
      expectClose(each.flat(2), expected);
    }
    await joined;
  });
});
