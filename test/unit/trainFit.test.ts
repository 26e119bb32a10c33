import { describe, expect, it } from '@jest/globals';
import { customCallback } from '../../lib/callbacks/index.js';
import { tensor } from '../../lib/tensor/create.js';
import { evaluate } from '../../lib/train/evaluate.js';
import { fit, fitDataset } from '../../lib/train/fit.js';
import type { FitOptions } from '../../lib/train/fitOptions.js';
import { trainOnBatch, testOnBatch } from '../../lib/train/onBatch.js';
import { predict, predictOnBatch } from '../../lib/train/predict.js';
import { Tensor } from '../../lib/tensor/tensor.js';
import { LinearModel } from './linearModel.js';

const x = Float32Array.from({ length: 10 }, (_, i) => i / 10);
const y = x.map((value) => 3 * value);
const quiet = { verbose: 0 } as const;

function trainedRows(model: LinearModel): number[][] {
  return model.linear.steps.filter((s) => s.kind === 'train').map((s) => [...s.rows]);
}

describe('fit', () => {
  it('learns, and returns the history', async () => {
    const model = new LinearModel();
    const history = await fit(model, x, y, { ...quiet, epochs: 60, batchSize: 2 });
    expect(model.linear.w[0]).toBeCloseTo(3, 2);
    expect(history.epoch).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(Object.keys(history.history)).toEqual(['loss', 'half']);
    expect(history.history.loss?.at(-1)).toBeLessThan(1e-3);
    expect(history.params).toMatchObject({ epochs: 60, steps: 5, samples: 10 });
  });

  it('visits every row once an epoch, in an order of the seed and the epoch', async () => {
    const order = async (options: FitOptions) => {
      const model = new LinearModel();
      await fit(model, x, y, { ...quiet, batchSize: 4, ...options });
      return trainedRows(model);
    };
    const both = await order({ epochs: 2 });
    expect(both.map((rows) => rows.length)).toEqual([4, 4, 2, 4, 4, 2]);
    expect(both.slice(0, 3).flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(both.slice(0, 3)).not.toEqual(both.slice(3));
    expect(await order({ epochs: 2, initialEpoch: 1 })).toEqual(both.slice(3));
    expect((await order({ shuffle: false })).flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('takes the mean over samples where the last batch is smaller', async () => {
    const model = new LinearModel({ learningRate: 0 });
    const losses = { ...quiet, batchSize: 4, shuffle: false };
    const { history } = await fit(model, x, y, losses);
    const mean = [...y].reduce((sum, value) => sum + value * value, 0) / 10;
    expect(history.loss?.[0]).toBeCloseTo(mean, 5);
  });

  it('validates on the last rows, before shuffling', async () => {
    const model = new LinearModel();
    const options = { ...quiet, validationSplit: 0.25, batchSize: 3, epochs: 2 };
    const { history } = await fit(model, x, y, options);
    const [first, second, third, ...others] = model.linear.steps;
    const trained = [first, second, third].flatMap((step) => step?.rows ?? []);
    expect([...trained].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(others[0]).toEqual({ kind: 'evaluate', rows: [7, 8, 9] });
    expect(history.val_loss).toHaveLength(2);
  });

  it('validates on data of its own, every so many epochs', async () => {
    const model = new LinearModel();
    model.linear.scriptedLosses = [0.5, 0.25];
    const { history, epoch } = await fit(model, x, y, {
      ...quiet,
      epochs: 5,
      validationFreq: 2,
      validationData: [
        [[1], [2]],
        [3, 6],
      ],
    });
    expect(epoch).toHaveLength(5);
    expect(history.val_loss).toEqual([0.5, 0.25]);
    expect(history.val_half).toEqual([0.25, 0.125]);
  });

  it('leaves class weights out of the validation', async () => {
    const outputSlot = { shape: [1], loss: 'binaryCrossentropy' };
    const model = new LinearModel({ outputSlot, learningRate: 0 });
    const ones = new Float32Array(10).fill(1);
    const { history } = await fit(model, x, ones, {
      ...quiet,
      classWeight: { 1: 3 },
      validationSplit: 0.5,
    });
    expect(history.loss).toEqual([3]);
    expect(history.val_loss).toEqual([1]);
  });

  it('stops an epoch after stepsPerEpoch', async () => {
    const model = new LinearModel();
    await fit(model, x, y, { ...quiet, batchSize: 2, epochs: 2, stepsPerEpoch: 3 });
    expect(trainedRows(model)).toHaveLength(6);
  });

  it('reads the learning rate before each step', async () => {
    const model = new LinearModel();
    const onBatchEnd = () => {
      model.optimizer.learningRate /= 2;
    };
    await fit(model, x, y, { ...quiet, batchSize: 5, callbacks: { onBatchEnd } });
    expect(model.linear.steps.map((s) => s.learningRate)).toEqual([0.1, 0.05]);
  });

  it('runs the hooks in order, with the batch and its size', async () => {
    const seen: string[] = [];
    const callback = customCallback({
      onTrainBegin: () => seen.push('train begin'),
      onTrainEnd: () => seen.push('train end'),
      onEpochBegin: (epoch) => seen.push(`epoch ${epoch}`),
      onEpochEnd: (epoch, logs) => seen.push(`epoch ${epoch} end ${Object.keys(logs).join()}`),
      onBatchBegin: (batch, logs) => seen.push(`batch ${batch} of ${logs.size ?? 0}`),
      onBatchEnd: (batch, logs) => seen.push(`batch ${batch} end ${Object.keys(logs).join()}`),
    });
    await fit(new LinearModel(), x, y, { ...quiet, batchSize: 6, callbacks: [callback] });
    expect(seen).toEqual([
      'train begin',
      'epoch 0',
      'batch 0 of 6',
      'batch 0 end loss,half,batch,size',
      'batch 1 of 4',
      'batch 1 end loss,half,batch,size',
      'epoch 0 end loss,half',
      'train end',
    ]);
  });

  it('does not read the means at every step without need', async () => {
    const model = new LinearModel();
    await fit(model, x, y, { ...quiet, batchSize: 1 });
    expect(model.linear.readings).toBeLessThan(5);
  });

  it.each<[FitOptions, string]>([
    [{ batchSize: 0 }, 'batchSize is 0'],
    [{ batchSize: 2.5 }, 'batchSize is 2.5'],
    [{ epochs: -1 }, 'epochs is -1'],
    [{ validationSplit: 1 }, 'validationSplit is 1; expected at least 0 and less than 1'],
    [{ validationSplit: -0.1 }, 'validationSplit is -0.1'],
    [{ validationBatchSize: 0 }, 'validationBatchSize is 0; expected a whole number'],
    [{ validationSplit: 0.01, validationData: [x, y] }, 'not both'],
    [{ stepsPerEpoch: 2 }, 'stepsPerEpoch 2 is more than the 1 batches'],
    [{ batch_size: 4 } as FitOptions, "unknown option 'batch_size'; did you mean 'batchSize'?"],
    [{ verbose: 3 } as unknown as FitOptions, 'verbose is 3; expected 0, 1 or 2'],
    [{ validationFreq: 0 }, 'validationFreq is 0'],
    [{ callbacks: [5] } as unknown as FitOptions, 'callbacks has 5'],
    [{ shuffle: 'yes' } as unknown as FitOptions, "shuffle is 'yes'"],
    [{ validationData: x } as unknown as FitOptions, 'expected [x, y, sampleWeight?]'],
  ])('refuses %p before the first step', async (options, message) => {
    const model = new LinearModel();
    const refused = fit(model, x, y, { ...quiet, ...options });
    await expect(refused).rejects.toMatchObject({ code: 'ERR_OPTION' });
    await expect(refused).rejects.toThrow(message);
    expect(model.linear.steps).toEqual([]);
  });

  it.each([quiet, { ...quiet, batchSize: 64 }, { ...quiet, validationSplit: 0 }])(
    'makes one batch of few rows with %p',
    async (options) => {
      const model = new LinearModel();
      await fit(model, x, y, options);
      expect(trainedRows(model).map((rows) => rows.length)).toEqual([10]);
    },
  );

  it('refuses a second fit while one runs', async () => {
    const model = new LinearModel();
    const first = fit(model, x, y, { ...quiet, epochs: 3 });
    await expect(fit(model, x, y, quiet)).rejects.toMatchObject({ code: 'ERR_MODEL_BUSY' });
    await first;
    await fit(model, x, y, quiet);
  });

  it('stops when a callback says so, after the step', async () => {
    const model = new LinearModel();
    const onBatchEnd = (batch: number) => {
      if (batch === 1) model.stopTraining = true;
    };
    const options = { ...quiet, batchSize: 2, epochs: 5, callbacks: { onBatchEnd } };
    const history = await fit(model, x, y, options);
    expect(model.linear.trained).toBe(2);
    expect(history.epoch).toEqual([0]);
  });
});

describe('a fit that does not end well', () => {
  it('is aborted between two steps, with epoch, step and history in the details', async () => {
    const model = new LinearModel();
    const controller = new AbortController();
    model.linear.onTrain = (_batch, step) => {
      if (step === 6) controller.abort();
    };
    let ended: unknown;
    const onTrainEnd = () => (ended = model.linear.trained);
    const { signal } = controller;
    const options = { ...quiet, batchSize: 2, epochs: 9, signal, callbacks: { onTrainEnd } };
    const aborted = fit(model, x, y, options);
    await expect(aborted).rejects.toMatchObject({
      name: 'AbortError',
      code: 'ERR_ABORTED',
      details: { epoch: 1, step: 2, history: { loss: [expect.any(Number)] } },
    });
    expect(model.linear.trained).toBe(7);
    expect(ended).toBe(7);
    await fit(model, x, y, quiet);
  });

  it('does not start with an aborted signal', async () => {
    const model = new LinearModel();
    const signal = AbortSignal.abort();
    await expect(fit(model, x, y, { ...quiet, signal })).rejects.toThrow('fit()');
    expect(model.linear.trained).toBe(0);
  });

  it('keeps the weights of the last whole step when a step fails', async () => {
    const model = new LinearModel();
    let before: Float32Array | undefined;
    model.linear.onTrain = (_batch, step) => {
      if (step !== 3) return;
      before = model.linear.w.slice();
      throw new Error('out of order');
    };
    let failure: unknown;
    const onTrainEnd = (_logs: object, error: unknown) => (failure = error);
    const failed = fit(model, x, y, { ...quiet, batchSize: 2, callbacks: { onTrainEnd } });
    await expect(failed).rejects.toThrow('out of order');
    expect(model.linear.w).toEqual(before);
    expect(failure).toMatchObject({ message: 'out of order' });
  });
});

describe('fitDataset', () => {
  const batch = (first: number) => ({
    xs: tensor(x.slice(first, first + 5)).reshape([5, 1]),
    ys: y.slice(first, first + 5),
  });

  it('trains on every batch of an iterable, anew each epoch', async () => {
    const model = new LinearModel();
    const { history } = await fitDataset(model, [batch(0), batch(5)], { ...quiet, epochs: 30 });
    expect(model.linear.trained).toBe(60);
    expect(history.loss?.at(-1)).toBeLessThan(history.loss?.[0] ?? 0);
  });

  it('tells a function the epoch', async () => {
    const epochs: number[] = [];
    const dataset = (epoch: number) => {
      epochs.push(epoch);
      return [batch(0)];
    };
    await fitDataset(new LinearModel(), dataset, { ...quiet, epochs: 4, initialEpoch: 2 });
    expect(epochs).toEqual([2, 3]);
  });

  it('prepares the next batch while one computes, and no more', async () => {
    const model = new LinearModel();
    let made = 0;
    const madeAtStep: number[] = [];
    model.linear.onTrain = () => {
      madeAtStep.push(made);
    };
    const dataset = async function* () {
      for (let i = 0; i < 4; ++i) {
        made += 1;
        yield await Promise.resolve(batch(0));
      }
    };
    await fitDataset(model, dataset, quiet);
    expect(madeAtStep).toEqual([2, 3, 4, 4]);
  });

  it('continues an endless generator over epochs', async () => {
    const model = new LinearModel();
    let made = 0;
    const endless = (function* () {
      for (;;) {
        made += 1;
        yield batch(0);
      }
    })();
    await fitDataset(model, endless, { ...quiet, epochs: 3, batchesPerEpoch: 4 });
    expect(model.linear.trained).toBe(12);
    expect(made).toBe(12);
    expect(endless.next().done).toBe(true);
  });

  it('refuses a generator that is spent', async () => {
    const once = (function* () {
      yield batch(0);
    })();
    const spent = fitDataset(new LinearModel(), once, { ...quiet, epochs: 2 });
    await expect(spent).rejects.toMatchObject({ code: 'ERR_DATA' });
    await expect(spent).rejects.toThrow('pass a function that returns a new iterable');
  });

  it('names the batch with a wrong shape', async () => {
    const bad = [batch(0), { xs: new Float32Array(5), ys: new Float32Array(4) }];
    await expect(fitDataset(new LinearModel(), bad, quiet)).rejects.toThrow(
      'dataset batch 1: ys: has 4 rows, but dataset batch 1: xs has 5',
    );
  });

  it('does not wait for data that never comes when it is aborted', async () => {
    const controller = new AbortController();
    const dataset = async function* () {
      yield batch(0);
      setImmediate(() => {
        controller.abort();
      });
      await new Promise(() => undefined);
    };
    const { signal } = controller;
    const aborted = fitDataset(new LinearModel(), dataset, { ...quiet, signal });
    await expect(aborted).rejects.toMatchObject({
      code: 'ERR_ABORTED',
      details: { epoch: 0, step: 1 },
    });
  });

  it('validates on a data set', async () => {
    const model = new LinearModel();
    const validationData = () => [batch(5)];
    const { history } = await fitDataset(model, [batch(0)], { ...quiet, validationData });
    expect(history.val_loss).toHaveLength(1);
    const arrays = { ...quiet, validationData: [x, y] } as const;
    expect((await fitDataset(model, [batch(0)], arrays)).history.val_loss).toHaveLength(1);
  });
});

describe('evaluate, predict and single batches', () => {
  it('evaluates in order, with a ragged last batch', async () => {
    const model = new LinearModel();
    const logs = await evaluate(model, x, y, { batchSize: 4 });
    expect(model.linear.steps.map((s) => s.rows.length)).toEqual([4, 4, 2]);
    const mean = [...y].reduce((sum, value) => sum + value * value, 0) / 10;
    expect(logs.loss).toBeCloseTo(mean, 5);
    expect(logs.half).toBeCloseTo(mean / 2, 5);
  });

  it('predicts every row, in order', async () => {
    const model = new LinearModel();
    model.linear.w[0] = 2;
    const result = await predict<Tensor>(model, x, { batchSize: 4 });
    expect(result.shape).toEqual([10, 1]);
    expect([...result.values]).toEqual([...x.map((value) => 2 * value)]);
    expect(await predictOnBatch(model, x)).toEqual(result);
    expect(await predict(model, x, { batchSize: 99 })).toEqual(result);
  });

  it('trains and tests on one batch', async () => {
    const model = new LinearModel();
    const before = await testOnBatch(model, x, y);
    expect(await trainOnBatch(model, x, y)).toEqual(before);
    expect((await testOnBatch(model, x, y)).loss).toBeLessThan(before.loss);
    expect(model.linear.trained).toBe(1);
  });
});
