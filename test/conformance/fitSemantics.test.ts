/** Keras's rules of fit() and its callbacks, with their numbers. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callbacks, data, tensor } from '../../lib/index.js';
import type { LayersModel } from '../../lib/index.js';
import { Probe } from './probe.js';

const NOTHING_LEARNED = { verbose: 0 as const, shuffle: false };

/** Predicts 0 for any number, so that the squared error is y^2. */
async function zeroModel(): Promise<Probe> {
  return Probe.make('cpu', {
    layers: [{ className: 'dense', args: { units: 1, useBias: false } }],
    inputShape: [1],
    weights: [[0]],
  });
}

/** Passes two probabilities through. */
async function probabilityModel(): Promise<Probe> {
  return Probe.make('cpu', {
    layers: [{ className: 'dense', args: { units: 2, useBias: false } }],
    inputShape: [2],
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['sparseCategoricalCrossentropy'],
    weightedMetrics: ['accuracy'],
    weights: [[1, 0, 0, 1]],
  });
}

function column(values: readonly number[]) {
  return tensor(values, [values.length, 1]);
}

const ten = Array.from({ length: 10 }, (_, i) => i);
const one = () => column(ten.map(() => 1));

function valueOf(history: Record<string, number[]>, key: string): number {
  return history[key]?.[0] ?? Number.NaN;
}

describe('splitting and averaging', () => {
  it('validates on the last rows, set apart before shuffling', async () => {
    const probe = await zeroModel();
    const args = {
      epochs: 1,
      batchSize: 2,
      validationSplit: 0.25,
      shuffle: true,
      verbose: 0 as const,
    };
    const { history } = await probe.model.fit(one(), column(ten), args);
    // Rows 0 to 6 train: 91 / 7. Rows 7, 8 and 9 validate: 194 / 3.
    expect(valueOf(history, 'loss')).toBeCloseTo(13, 4);
    expect(valueOf(history, 'val_loss')).toBeCloseTo(194 / 3, 4);
    await probe.model.dispose();
  });

  it('counts a ragged last batch by its samples', async () => {
    const probe = await zeroModel();
    const args = { ...NOTHING_LEARNED, epochs: 1, batchSize: 4 };
    const { history } = await probe.model.fit(one(), column(ten), args);
    expect(valueOf(history, 'loss')).toBeCloseTo(28.5, 4);
    await probe.model.dispose();
  });
});

describe('weights of samples and classes', () => {
  const p = [0.7, 0.3, 0.2, 0.8, 0.1, 0.9, 0.7, 0.3];
  const x = tensor(p, [4, 2]);
  const y = tensor([0, 0, 0, 0], [4, 1], 'int32');
  const weights = [1, 2, 3, 4];

  it('divide the loss by the samples, weighted metrics by the weights', async () => {
    const probe = await probabilityModel();
    const args = {
      ...NOTHING_LEARNED,
      epochs: 1,
      batchSize: 4,
      sampleWeight: tensor(weights, [4]),
    };
    const { history } = await probe.model.fit(x, y, args);
    expect(valueOf(history, 'loss')).toBeCloseTo(2.977501, 4);
    // The plain mean of the four losses.
    expect(valueOf(history, 'sparseCategoricalCrossentropy')).toBeCloseTo(1.156347, 4);
    // The first and the last sample are right: half of them, but .5 of the weight of .7.
    const heavyFirst = { ...args, sampleWeight: tensor([0.4, 0.1, 0.1, 0.1], [4]) };
    const second = await probe.model.fit(x, y, heavyFirst);
    expect(valueOf(second.history, 'accuracy')).toBeCloseTo(5 / 7, 5);
    await probe.model.dispose();
  });

  it('class weights weigh by the label, and a class not named weighs 1', async () => {
    const probe = await probabilityModel();
    const labels = tensor([0, 1, 0, 1], [4, 1], 'int32');
    const args = { ...NOTHING_LEARNED, epochs: 1, batchSize: 4, classWeight: { 0: 3 } };
    const { history } = await probe.model.fit(x, labels, args);
    const losses = [0.7, 0.8, 0.1, 0.3].map((each) => -Math.log(each));
    const [a = 0, b = 0, c = 0, d = 0] = losses;
    expect(valueOf(history, 'loss')).toBeCloseTo((3 * a + b + 3 * c + d) / 4, 5);
    await probe.model.dispose();
  });

  it('are an error together', async () => {
    const probe = await probabilityModel();
    const args = { ...NOTHING_LEARNED, sampleWeight: tensor(weights, [4]), classWeight: { 0: 3 } };
    await expect(probe.model.fit(x, y, args)).rejects.toMatchObject({ code: 'ERR_OPTION' });
    await probe.model.dispose();
  });
});

describe('callbacks on the validation losses 1, .8, .79, .81, .82, .7, .9', () => {
  const series = [1, 0.8, 0.79, 0.81, 0.82, 0.7, 0.9];
  const scripted = (values: readonly number[]) =>
    callbacks.customCallback({
      onEpochEnd: (epoch, logs) => {
        logs.val_loss = values[epoch] ?? Number.NaN;
      },
    });

  async function fitWith(
    model: LayersModel,
    callback: callbacks.Callback,
    values: readonly number[] = series,
  ): Promise<number> {
    const { epoch } = await model.fit(one(), column(ten), {
      ...NOTHING_LEARNED,
      epochs: values.length,
      batchSize: 10,
      validationData: [one(), column(ten)],
      callbacks: [scripted(values), callback],
    });
    return epoch.at(-1) ?? Number.NaN;
  }

  it.each([
    [0, 3],
    [1, 3],
    [2, 4],
    [3, 6],
  ])('EarlyStopping of patience %i ends with epoch %i', async (patience, last) => {
    const probe = await zeroModel();
    const stopping = callbacks.earlyStopping({ patience });
    expect(await fitWith(probe.model, stopping)).toBe(last);
    expect(stopping.bestEpoch).toBe(patience === 3 ? 5 : 2);
    await probe.model.dispose();
  });

  it('EarlyStopping takes neither an equal value nor NaN for better', async () => {
    const probe = await zeroModel();
    const patience = { patience: 2 };
    expect(await fitWith(probe.model, callbacks.earlyStopping(patience), [1, 1, 1, 0.5])).toBe(2);
    const missing = [1, Number.NaN, Number.NaN, 0.5];
    expect(await fitWith(probe.model, callbacks.earlyStopping(patience), missing)).toBe(2);
    await probe.model.dispose();
  });

  it.each([
    [1, 3],
    [9, 6],
  ])(
    'EarlyStopping of patience %i restores the best weights at its end',
    async (patience, last) => {
      const probe = await zeroModel();
      const options = { patience, restoreBestWeights: true };
      const stopping = callbacks.earlyStopping(options);
      // Each epoch leaves its number as the weight, before EarlyStopping looks.
      const mark = callbacks.customCallback({
        onEpochEnd: async (epoch) => {
          await (await probe.model.program()).setWeights([Float32Array.of(epoch)]);
        },
      });
      const { epoch } = await probe.model.fit(one(), column(ten), {
        ...NOTHING_LEARNED,
        epochs: series.length,
        batchSize: 10,
        validationData: [one(), column(ten)],
        callbacks: [scripted(series), mark, stopping],
      });
      expect(epoch.at(-1)).toBe(last);
      expect(await probe.weights()).toEqual([[patience === 1 ? 2 : 5]]);
      await probe.model.dispose();
    },
  );

  it.each([
    [series, ['1', '2', '3', '6']],
    [
      [1, 1, 0.5],
      ['1', '3'],
    ],
  ])('ModelCheckpoint saves strict improvements of %j as %j', async (values, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
    const probe = await zeroModel();
    try {
      const filepath = join(folder, 'epoch-{epoch}');
      const best = callbacks.modelCheckpoint({
        filepath,
        saveBestOnly: true,
        saveWeightsOnly: true,
      });
      await fitWith(probe.model, best, values);
      const saved = readdirSync(folder).map((name) => /epoch-(\d+)/.exec(name)?.[1]);
      expect([...new Set(saved)].sort()).toEqual(expected);
    } finally {
      await probe.model.dispose();
      rmSync(folder, { recursive: true });
    }
  });

  it('ModelCheckpoint saves every epoch unless told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
    const probe = await zeroModel();
    try {
      const every = callbacks.modelCheckpoint({ filepath: join(folder, 'epoch-{epoch}') });
      await fitWith(probe.model, every, [1, 2]);
      const saved = readdirSync(folder).map((name) => /epoch-(\d+)/.exec(name)?.[1]);
      expect([...new Set(saved)].sort()).toEqual(['1', '2']);
    } finally {
      await probe.model.dispose();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('resizeWithPad', () => {
  it('is bilinear with half-pixel centres and no antialias', async () => {
    const row = tensor([0, 1, 2, 3], [1, 1, 4, 1]);
    const doubled = await data.resizeWithPad(row, 2, 8);
    const expected = [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3];
    expect(Array.from(doubled.dataSync())).toEqual([...expected, ...expected]);
  });

  it('keeps the aspect ratio, centred, padded with zeros', async () => {
    const square = tensor([1, 1, 1, 1], [1, 2, 2, 1]);
    const wide = await data.resizeWithPad(square, 2, 5);
    expect(wide.shape).toEqual([1, 2, 5, 1]);
    expect(Array.from(wide.dataSync())).toEqual([0, 1, 1, 0, 0, 0, 1, 1, 0, 0]);
  });
});
