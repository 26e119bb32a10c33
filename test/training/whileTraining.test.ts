/** What may be asked of a model while it trains, and that the training does not notice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { layers, loadLayersModel, sequential, tensor } from '../../lib/index.js';
import { smallNetwork, stripes, weightBits } from './models.js';

const folder = mkdtempSync(join(tmpdir(), 'while-training-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const { x, y } = stripes(64);
const quiet = { verbose: 0, batchSize: 8, shuffle: false } as const;
const busy = { code: 'ERR_MODEL_BUSY' };

async function predicted(model: ReturnType<typeof smallNetwork>, rows = x): Promise<number[]> {
  return Array.from((await model.predict(rows)).values);
}

describe('a training that is asked in between', () => {
  it('ends with the weights and the logs of one that is left alone', async () => {
    const calm = smallNetwork();
    const history = await calm.fit(x, y, { ...quiet, epochs: 2, validationData: [x, y] });
    const model = smallNetwork();
    const seen: number[] = [];
    const callbacks = {
      onBatchEnd: async (batch: number) => {
        if (batch % 3 !== 1) return;
        const { loss } = await model.evaluate(x, y, { batchSize: 8 });
        await model.predict(x, { batchSize: 5 });
        await model.testOnBatch(x.subarray(0, 36), y.subarray(0, 1));
        await model.setWeights(await model.getWeights());
        seen.push(loss);
      },
      onEpochEnd: async () => {
        seen.push((await model.evaluate(x, y, { batchSize: 8 })).loss);
      },
    };
    const options = { ...quiet, epochs: 2, validationData: [x, y] as [Float32Array, Int32Array] };
    const disturbed = await model.fit(x, y, { ...options, callbacks });
    expect(disturbed.history).toEqual(history.history);
    expect(await weightBits(model)).toEqual(await weightBits(calm));
    // Three of each epoch and its end, which is that of its last batch.
    expect(new Set(seen).size).toBe(6);
    expect(seen[3]).toBe(disturbed.history.val_loss?.[0]);
    await Promise.all([calm.dispose(), model.dispose()]);
  });

  it('gives the weights of its last whole step, to files too', async () => {
    const model = smallNetwork();
    const path = join(folder, 'midway');
    let midway: number[] = [];
    const onBatchEnd = async (batch: number) => {
      if (batch !== 3) return;
      await model.save(path);
      midway = await predicted(model);
    };
    await model.fit(x, y, { ...quiet, callbacks: { onBatchEnd } });
    const stopped = smallNetwork();
    await stopped.fit(x, y, { ...quiet, stepsPerEpoch: 4 });
    expect(midway).toEqual(await predicted(stopped));
    // The rest of the epoch, from the file.
    const resumed = await loadLayersModel(path);
    await resumed.fit(x.subarray(32 * 36), y.subarray(32), quiet);
    expect(await weightBits(resumed)).toEqual(await weightBits(model));
    await Promise.all([model, stopped, resumed].map((each) => each.dispose()));
  });

  it('goes on from weights that are set', async () => {
    const model = smallNetwork();
    const zeros = (await model.getWeights()).map(({ values, shape }) =>
      tensor(new Float32Array(values.length), shape),
    );
    model.optimizer.learningRate = 0;
    const onBatchEnd = (batch: number) => (batch === 2 ? model.setWeights(zeros) : undefined);
    await model.fit(x, y, { ...quiet, callbacks: { onBatchEnd } });
    const [kernel] = await model.getWeights();
    expect(kernel?.values).toEqual(zeros[0]?.values);
    await model.dispose();
  });
});

describe('fairness', () => {
  it('a prediction waits for no more than the step that runs', async () => {
    const model = smallNetwork();
    await model.predict(x.subarray(0, 36));
    let steps = 0;
    const controller = new AbortController();
    const training = model.fit(x, y, {
      ...quiet,
      epochs: 1e6,
      signal: controller.signal,
      callbacks: {
        onBatchEnd: () => {
          ++steps;
        },
      },
    });
    while (steps < 10) await new Promise((resolve) => setImmediate(resolve));
    const waits: number[] = [];
    for (let i = 0; i < 50; ++i) {
      const before = steps;
      await model.predict(x.subarray(0, 36));
      waits.push(steps - before);
    }
    controller.abort();
    await expect(training).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(Math.max(...waits)).toBeLessThanOrEqual(2);
    await model.dispose();
  });

  it('ten thousand predictions at once neither stop a training nor wait for its end', async () => {
    const model = smallNetwork();
    let steps = 0;
    const controller = new AbortController();
    const training = model.fit(x, y, {
      ...quiet,
      epochs: 1e6,
      signal: controller.signal,
      callbacks: {
        onBatchEnd: () => {
          ++steps;
        },
      },
    });
    const order: number[] = [];
    const row = x.subarray(0, 36);
    await Promise.all(
      Array.from({ length: 10_000 }, async (_, i) => {
        const output = await model.predict(row);
        expect(output.shape).toEqual([1, 3]);
        order.push(i);
      }),
    );
    expect(order).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    expect(steps).toBeGreaterThan(1000);
    controller.abort();
    await expect(training).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    await model.dispose();
  }, 120_000);

  it('evaluations at the same time give what each gives alone', async () => {
    const model = smallNetwork();
    const halves = [0, 32].map((first) => ({
      x: x.subarray(first * 36, (first + 32) * 36),
      y: y.subarray(first, first + 32),
    }));
    const evaluations = () =>
      halves.map((half) => () => model.evaluate(half.x, half.y, { batchSize: 8 }));
    const alone = [];
    for (const evaluate of evaluations()) alone.push(await evaluate());
    expect(await Promise.all(evaluations().map((evaluate) => evaluate()))).toEqual(alone);
    expect(alone[0]).not.toEqual(alone[1]);
    await model.dispose();
  });

  it('a data set may ask the model that it is evaluated on', async () => {
    const model = smallNetwork();
    const batch = { xs: tensor(x, [64, 6, 6, 1]), ys: tensor(y, [64], 'int32') };
    const dataset = {
      async *[Symbol.asyncIterator]() {
        await model.evaluate(x, y);
        await model.predict(x);
        yield batch;
      },
    };
    expect(await model.evaluateDataset(dataset)).toEqual(
      await model.evaluate(x, y, { batchSize: 64 }),
    );
    await model.dispose();
  });
});

describe('what still is one at a time', () => {
  it('trainings, also those that a callback of the model starts', async () => {
    const model = smallNetwork();
    const first = model.fit(x, y, { ...quiet, epochs: 2 });
    await expect(model.fit(x, y, quiet)).rejects.toMatchObject(busy);
    await expect(model.trainOnBatch(x, y)).rejects.toMatchObject({
      ...busy,
      message: `model '${model.name}': trainOnBatch() was called while fit() is in progress; await it first`,
    });
    expect((await first).epoch).toEqual([0, 1]);
    const onBatchEnd = async () => {
      await model.trainOnBatch(x, y);
    };
    const fit = model.fit(x, y, { ...quiet, callbacks: { onBatchEnd } });
    await expect(fit).rejects.toMatchObject(busy);
    await model.trainOnBatch(x, y);
    await model.dispose();
  });

  it('compile() and what needs its losses; a prediction goes on over it', async () => {
    const model = smallNetwork();
    const evaluation = model.evaluate(x, y);
    const compile = () => {
      model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    };
    expect(compile).toThrow(/compile\(\) was called while evaluate\(\) is in progress/);
    await evaluation;
    const predictions = Array.from({ length: 20 }, () => predicted(model));
    const layer = model.getLayer(0);
    layer.trainable = false;
    compile();
    const training = model.fit(x, y, { ...quiet, shuffle: false });
    const values = await Promise.all(predictions);
    expect(values.flat().filter(Number.isFinite)).toHaveLength(20 * 64 * 3);
    await training;
    await model.dispose();
  });
});

describe('calls that wait for their turn', () => {
  it('say ERR_DISPOSED when the model goes, and ERR_ABORTED when they are aborted', async () => {
    const model = smallNetwork();
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = Array.from({ length: 50 }, () => model.predict(x, { signal, batchSize: 1 }));
    controller.abort();
    for (const prediction of aborted) {
      await expect(prediction).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    }
    const waiting = Array.from({ length: 50 }, () => model.predict(x, { batchSize: 1 }));
    const disposed = model.dispose();
    for (const result of await Promise.allSettled(waiting)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_DISPOSED' } });
    }
    await disposed;
  });

  it('reject bad input at once, whatever else runs', async () => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    await expect(model.predict(new Float32Array(3))).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(
      model.alongside('work', 'weights' as never, () => Promise.resolve()),
    ).rejects.toThrow(/needs is 'weights'/);
    await model.dispose();
  });
});
