/** Models of the same layers have the same weights. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import { input, layers, model, sequential, tensor, train } from '../../lib/index.js';
import type { LayersModel, Optimizer, Tensor } from '../../lib/index.js';
import { nativeAddon } from '../../lib/native/addon.js';
import { weightBits } from './models.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const made: LayersModel[] = [];
function track<T extends LayersModel>(each: T): T {
  made.push(each);
  return each;
}

afterEach(async () => {
  await Promise.all(made.splice(0).map((each) => each.dispose()));
  expect(nativeAddon().liveHandles()).toBe(0);
});

const width = 4;
const rows = 8;
const x = tensor(
  Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)),
  [rows, width],
);
const y = tensor(
  Float32Array.from({ length: rows * width }, (_, i) => Math.cos(2 * i)),
  [rows, width],
);
const quiet = { verbose: 0, batchSize: rows, shuffle: false } as const;

const values = async (each: LayersModel) => Array.from(((await each.predict(x)) as Tensor).values);
const weights = async (each: LayersModel) =>
  (await each.getWeights()).map((weight) => Array.from(weight.values));

/** As closely as float32 and, where values moved, its rounding allow. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-5);
  });
}

describe.each(['cpu', 'reference'])('on %s', (backend) => {
  const network = (name: string, seed = 1) =>
    track(
      sequential({
        backend,
        name,
        seed,
        layers: [
          layers.dense({
            units: width,
            activation: 'tanh',
            inputShape: [width],
            name: `${name}_one`,
          }),
          layers.dropout({ rate: 0.25, name: `${name}_drop` }),
          layers.dense({ units: width, name: `${name}_two` }),
        ],
      }),
    );
  const over = (name: string, ...stack: LayersModel[]) => {
    const start = input({ shape: [width] });
    const all = stack.flatMap((each) => each.layers);
    const outputs = all.reduce((tensorSoFar, layer) => layer.apply(tensorSoFar), start);
    return track(model({ backend, name, inputs: start, outputs }));
  };
  const compiled = <T extends LayersModel>(each: T, optimizer: Optimizer = train.adam(0.01)): T => {
    each.compile({ optimizer, loss: 'meanSquaredError' });
    return each;
  };

  it("a model of another's layers gives what that one gives, also once it has trained", async () => {
    const base = compiled(network('base'));
    const same = track(model({ backend, seed: 9, inputs: base.inputs, outputs: base.outputs }));
    const stacked = over('stacked', base);
    const before = await values(same);
    expect(await values(base)).toEqual(before);
    await base.fit(x, y, { ...quiet, epochs: 3 });
    expect(await values(same)).toEqual(await values(base));
    expect(await values(stacked)).toEqual(await values(base));
    expect(await values(same)).not.toEqual(before);
    expect(await weights(same)).toEqual(await weights(base));
  });

  it('an extractor gives the features', async () => {
    const base = compiled(network('base'));
    const extractor = track(
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
    const alone = await weights(network('alone', 3));
    const base = network('alone', 3);
    const other = track(model({ backend, seed: 8, inputs: base.inputs, outputs: base.outputs }));
    expect(await weights(base)).toEqual(alone);
    expect(await weights(other)).toEqual(alone);
    const third = network('alone', 3);
    const first = track(model({ backend, seed: 8, inputs: third.inputs, outputs: third.outputs }));
    expect(await weights(first)).not.toEqual(alone);
    expect(await weights(third)).toEqual(await weights(first));
  });

  it('two models trained in turn change their layers as one model does', async () => {
    const make = () =>
      track(sequential({ backend, layers: [layers.dense({ units: width, inputShape: [width] })] }));
    const first = compiled(make(), train.sgd(0.1));
    const second = compiled(over('second', first), train.sgd(0.1));
    const whole = compiled(make(), train.sgd(0.1));
    for (let i = 0; i < 4; ++i) {
      const logs = await (i % 2 === 0 ? first : second).trainOnBatch(x, y);
      expect(logs).toEqual(await whole.trainOnBatch(x, y));
    }
    expect(await weightBits(second)).toEqual(await weightBits(whole));
  });

  it('a generator learns through a judge that is trained alone', async () => {
    const parts = () => {
      const judge = track(
        sequential({
          backend,
          name: 'judge',
          layers: [layers.dense({ units: 1, inputShape: [width], name: 'judge' })],
        }),
      );
      compiled(judge, train.sgd({ learningRate: 0.05, momentum: 0.9 }));
      const generator = track(
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
    const joined = compiled(over('joined', generator, judge));
    judge.trainable = true;
    // The same with weights that are carried over by hand.
    const apart = parts();
    apart.judge.trainable = false;
    const copies = parts();
    copies.judge.trainable = false;
    const whole = compiled(over('whole', copies.generator, copies.judge));
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
      a: compiled(network('a', 1)),
      b: compiled(network('b', 2), train.sgd({ learningRate: 0.05, momentum: 0.9 })),
    }));
    const [calm, joining] = pairs as [(typeof pairs)[0], (typeof pairs)[0]];
    for (const { a, b } of pairs) {
      await a.fit(x, y, { ...quiet, epochs: 2 });
      await b.fit(x, y, { ...quiet, epochs: 3 });
    }
    const both = over('both', joining.a, joining.b);
    const middle = (await calm.a.predict(x)) as Tensor;
    expectClose(await values(both), Array.from(((await calm.b.predict(middle)) as Tensor).values));
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

  it('joins while one of the two trains, which does not notice', async () => {
    const calm = compiled(network('a', 1));
    await calm.fit(x, y, { ...quiet, epochs: 20 });
    const busy = compiled(network('a', 1));
    const idle = network('b', 2);
    await idle.getWeights();
    const both = over('both', busy, idle);
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
    const a = compiled(network('a', 1));
    const b = compiled(network('b', 2));
    await Promise.all([a.getWeights(), b.getWeights()]);
    const both = over('both', a, b);
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
    const base = compiled(network('base'), train.sgd(1e-30));
    const same = track(model({ backend, inputs: base.inputs, outputs: base.outputs }));
    const zeros = base.weights.map(({ shape, count }) => tensor(new Float32Array(count), shape));
    const onBatchEnd = async (batch: number) => {
      if (batch === 1) await same.setWeights(zeros);
    };
    await base.fit(x, y, { ...quiet, batchSize: 2, callbacks: { onBatchEnd } });
    expect(Math.max(...(await weights(base)).flat().map(Math.abs))).toBeLessThan(1e-20);
  });

  it('other models of its layers predict while a model trains, which does not notice', async () => {
    const calm = compiled(network('base'));
    await calm.fit(x, y, { ...quiet, batchSize: 2, epochs: 10 });
    const base = compiled(network('base'));
    // The first weights are of the seed of the model that needs them first.
    await base.getWeights();
    const others = [over('first', base), over('second', base)];
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
    const base = compiled(network('base'));
    const same = track(model({ backend, inputs: base.inputs, outputs: base.outputs }));
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

  it('compile() between the calls of a prediction does not disturb it', async () => {
    const base = compiled(network('base'));
    const predictions = [values(base)];
    for (let i = 0; i < 10; ++i) {
      base.getLayer('base_one').trainable = i % 2 === 0;
      compiled(base);
      predictions.push(values(base));
    }
    const all = await Promise.all(predictions);
    for (const each of all) expect(each).toEqual(all[0]);
  });

  it('another backend is refused', async () => {
    const base = network('base');
    await base.getWeights();
    const other = backend === 'cpu' ? 'reference' : 'cpu';
    const elsewhere = () =>
      track(model({ backend: other, inputs: base.inputs, outputs: base.outputs }));
    expect(elsewhere).toThrow(
      `dense 'base_one': its weights are on the backend '${backend}', and this model is on ` +
        `'${other}'; give both models the same`,
    );
    // Whichever needs the weights first.
    const second = network('second');
    const early = track(model({ backend: other, inputs: second.inputs, outputs: second.outputs }));
    await early.getWeights();
    await expect(second.predict(x)).rejects.toMatchObject({ code: 'ERR_OPTION' });
    await second.dispose();
    expect(await values(early)).toHaveLength(rows * width);
  });

  it.each([0, 1])('the last model of a layer frees it: the other goes first, %i', async (order) => {
    const base = network('base');
    const other = over('other', base);
    const expected = await values(base);
    const both: LayersModel[] = [base, other];
    const [first = base, last = other] = order === 0 ? both : both.reverse();
    await values(other);
    await first.dispose();
    await expect(first.predict(x)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    expect(await values(last)).toEqual(expected);
    const third = over('third', base);
    await last.dispose();
    expect(await values(third)).toEqual(expected);
    await third.dispose();
    expect(() => over('fourth', base)).toThrow(
      "dense 'base_one': its weights were freed with model 'third', the last model that used it",
    );
  });

  it('memory goes with layers that are garbage', async () => {
    const base = network('base');
    await base.getWeights();
    const alone = (await base.program()).bytes;
    const forget = async () => {
      const wide = sequential({
        backend,
        layers: [...base.layers, layers.dense({ units: 5000, name: 'wide' })],
      });
      await wide.getWeights();
      return (await wide.program()).bytes;
    };
    expect(await forget()).toBeGreaterThan(alone + 4 * 5000 * width);
    let bytes = NaN;
    for (let i = 0; i < 100 && (bytes !== alone || nativeAddon().liveHandles() > 1); ++i) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
      await base.getWeights();
      ({ bytes } = await base.program());
    }
    expect(bytes).toBe(alone);
    expect(nativeAddon().liveHandles()).toBe(1);
  });

  it('memory goes with the layers that nobody has any more', async () => {
    const base = network('base');
    await base.getWeights();
    const alone = (await base.program()).bytes;
    const wide = sequential({
      backend,
      layers: [...base.layers, layers.dense({ units: 5000, name: 'wide' })],
    });
    await wide.getWeights();
    await base.getWeights();
    expect((await base.program()).bytes).toBeGreaterThan(alone + 4 * 5000 * width);
    await wide.dispose();
    await base.getWeights();
    expect((await base.program()).bytes).toBe(alone);
  });
});
