import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import {
  Callback,
  csvLogger,
  customCallback,
  earlyStopping,
  learningRateScheduler,
  modelCheckpoint,
  ProgbarLogger,
  reduceLROnPlateau,
  terminateOnNaN,
  type History,
} from '../../lib/callbacks/index.js';
import { fillPattern } from '../../lib/callbacks/filePattern.js';
import { fit } from '../../lib/train/fit.js';
import { LinearModel } from './linearModel.js';

const x = [[1], [2]];
const y = [3, 6];
const valLosses = [1, 0.8, 0.79, 0.81, 0.82, 0.7, 0.9];

/** Runs seven epochs whose validation losses are the given ones. */
async function run(
  callbacks: Callback | readonly Callback[],
  { losses = valLosses, model = new LinearModel() } = {},
): Promise<{ history: History; model: LinearModel }> {
  model.linear.scriptedLosses = [...losses];
  const history = await fit(model, x, y, {
    verbose: 0,
    epochs: losses.length,
    validationData: [x, y],
    callbacks,
  });
  return { history, model };
}

describe('earlyStopping', () => {
  it.each([
    [0, 3],
    [1, 3],
    [2, 4],
    [4, 6],
  ])('with patience %d stops at epoch %d', async (patience, last) => {
    const callback = earlyStopping({ patience });
    const { history } = await run(callback);
    expect(history.epoch.at(-1)).toBe(last);
    expect(callback.bestEpoch).toBe(patience === 4 ? 5 : 2);
  });

  it('restores the weights of the best epoch, also without a stop', async () => {
    for (const patience of [1, 99]) {
      const model = new LinearModel();
      const weights: number[] = [];
      const record = customCallback({ onEpochEnd: () => weights.push(model.linear.w[0] ?? 0) });
      const callback = earlyStopping({ patience, restoreBestWeights: true });
      await run([record, callback], { model });
      expect(model.linear.w[0]).toBe(weights[patience === 1 ? 2 : 5]);
    }
  });

  it('keeps the last weights when the run is aborted', async () => {
    const model = new LinearModel();
    const controller = new AbortController();
    model.linear.scriptedLosses = [1, 2, 3];
    model.linear.onTrain = (_batch, step) => {
      if (step === 2) controller.abort();
    };
    const callbacks = earlyStopping({ patience: 9, restoreBestWeights: true });
    const after: number[] = [];
    const train = model.linear.train.bind(model.linear);
    model.linear.train = async (batch, rate) => {
      await train(batch, rate);
      after.push(model.linear.w[0] ?? 0);
    };
    const options = { verbose: 0, epochs: 3, validationData: [x, y], callbacks } as const;
    await expect(fit(model, x, y, { ...options, signal: controller.signal })).rejects.toThrow();
    expect(after).toHaveLength(3);
    expect(model.linear.w[0]).toBe(after[2]);
  });

  it('takes NaN for no improvement', async () => {
    const { history } = await run(earlyStopping({ patience: 1 }), { losses: [1, NaN, 0.5] });
    expect(history.epoch).toEqual([0, 1]);
  });

  it('takes an equal value for no improvement', async () => {
    const checkpoint = modelCheckpoint({ filepath: '{epoch}', saveBestOnly: true });
    const callbacks = [earlyStopping({ patience: 2 }), checkpoint];
    const { history } = await run(callbacks, { losses: [1, 1, 1, 1] });
    expect(history.epoch).toEqual([0, 1, 2]);
    expect(checkpoint.saved).toEqual(['1']);
  });

  it('minds minDelta, baseline and startFromEpoch', async () => {
    const delta = await run(earlyStopping({ patience: 2, minDelta: 0.05 }));
    expect(delta.history.epoch.at(-1)).toBe(3);
    const baseline = await run(earlyStopping({ patience: 2, baseline: 0.75 }));
    expect(baseline.history.epoch.at(-1)).toBe(3);
    const later = await run(earlyStopping({ startFromEpoch: 4 }));
    expect(later.history.epoch.at(-1)).toBe(6);
  });

  it('takes more for better where the name says accuracy', async () => {
    const model = new LinearModel();
    Object.assign(model, { metricSlots: [{ name: 'accuracy' }] });
    const callback = earlyStopping({ monitor: 'val_accuracy' });
    const { history } = await run(callback, { model, losses: [0.1, 0.2, 0.3, 0.2] });
    expect(history.epoch).toEqual([0, 1, 2, 3]);
    expect(callback.stoppedEpoch).toBe(3);
    expect(callback.bestEpoch).toBe(2);
  });

  it('refuses wrong options', () => {
    expect(() => earlyStopping({ patience: 0.5 })).toThrow('patience is 0.5');
    expect(() => earlyStopping({ min_delta: 1 } as object)).toThrow("did you mean 'minDelta'?");
  });
});

describe('modelCheckpoint', () => {
  it('saves after every epoch, counted from 1', async () => {
    const { model } = await run(
      modelCheckpoint({ filepath: join(tmpdir(), 'e{epoch:02d}-{val_loss:.4f}') }),
      { losses: [1, 0.8] },
    );
    const names = ['e01-1.0000', 'e02-0.8000'];
    expect(model.savedPaths).toEqual(names.map((name) => join(tmpdir(), name)));
  });

  it('saves strict improvements alone', async () => {
    const callback = modelCheckpoint({ filepath: '{epoch}', saveBestOnly: true });
    await run(callback);
    expect(callback.saved).toEqual(['1', '2', '3', '6']);
    const threshold = { filepath: '{epoch}', saveBestOnly: true, initialValueThreshold: 0.795 };
    const strict = modelCheckpoint(threshold);
    await run(strict);
    expect(strict.saved).toEqual(['3', '6']);
  });

  it('saves after a number of batches, over epochs', async () => {
    const model = new LinearModel();
    const callback = modelCheckpoint({ filepath: '{epoch}-{batch}', saveFreq: 3 });
    const options = { verbose: 0, batchSize: 1, epochs: 4, callbacks: callback } as const;
    await fit(model, x, y, options);
    expect(callback.saved).toEqual(['2-1', '3-2']);
  });

  it('refuses an empty path', () => {
    expect(() => modelCheckpoint({ filepath: '' })).toThrow('filepath');
  });
});

it('fills placeholders as Python formats numbers', () => {
  const values = { epoch: 3, loss: 0.123456 };
  const pattern = '{epoch} {epoch:d} {epoch:03d} {loss:.2f} {loss:8.3f} {loss:.1e} {loss:.3g}';
  expect(fillPattern('f', pattern, values)).toBe('3 3 003 0.12    0.123 1.2e-01 0.123');
  expect(() => fillPattern('f', '{epoch:x}', values)).toThrow("format 'x'");
});

describe('learning rates', () => {
  it('follow a schedule', async () => {
    const { history } = await run(learningRateScheduler((epoch) => 0.1 / (epoch + 1)));
    expect(history.history.learning_rate?.slice(0, 3)).toEqual([0.1, 0.05, 0.1 / 3]);
  });

  it('go down on a plateau', async () => {
    const options = { factor: 0.5, patience: 2, minLearningRate: 0.03 };
    const losses = [1, 1, 1, 1, 1, 1, 1];
    const { history } = await run(reduceLROnPlateau(options), { losses });
    expect(history.history.learning_rate).toEqual([0.1, 0.1, 0.1, 0.05, 0.05, 0.03, 0.03]);
  });

  it('wait after a reduction', async () => {
    const options = { factor: 0.5, patience: 1, cooldown: 2 };
    const losses = [1, 1, 1, 1, 1, 1];
    const { model } = await run(reduceLROnPlateau(options), { losses });
    expect(model.optimizer.learningRate).toBe(0.1 * 0.5 * 0.5 * 0.5);
  });

  it('refuse a factor of 1', () => {
    expect(() => reduceLROnPlateau({ factor: 1 })).toThrow('factor is 1; expected less than 1');
  });
});

describe('terminateOnNaN', () => {
  it('ends the run quietly, with the weights before the step', async () => {
    const bad = [1, Infinity];
    const model = new LinearModel();
    const options = { verbose: 0, batchSize: 1, shuffle: false } as const;
    await expect(fit(model, x, bad, options)).rejects.toMatchObject({ code: 'ERR_NOT_FINITE' });
    const before = model.linear.w[0];
    const history = await fit(model, x, bad, { ...options, callbacks: terminateOnNaN() });
    expect(history.epoch).toEqual([]);
    expect(model.linear.w[0]).not.toBe(before);
    expect(model.linear.w[0]).toBeLessThan(Infinity);
  });
});

describe('customCallback', () => {
  it('refuses unknown hooks', () => {
    expect(() => customCallback({ onEpochStop: () => 1 } as object)).toThrow('onEpochStop');
    expect(() => customCallback({ onEpochEnd: 1 } as object)).toThrow('expected a function');
  });

  it('may change the logs that the history keeps', async () => {
    const callback = customCallback({
      onEpochEnd: (epoch, logs) => {
        logs.double = 2 * epoch;
      },
    });
    const { history } = await run(callback, { losses: [1, 2] });
    expect(history.history.double).toEqual([0, 2]);
  });
});

it('csvLogger writes a row an epoch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'csv-'));
  try {
    const path = join(folder, 'log.csv');
    await run(csvLogger(path), { losses: [1, 0.5] });
    const [header, first, second] = (await readFile(path, 'utf8')).split('\n');
    expect(header).toBe('epoch,half,loss,val_half,val_loss');
    expect(first).toMatch(/^0,[\d.e-]+,[\d.e-]+,0.5,1$/);
    expect(second).toMatch(/^1,.*,0.25,0.5$/);
    await run(csvLogger(path, { append: true }), { losses: [2] });
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[3]).toMatch(/^0,.*,1,2$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('ProgbarLogger', () => {
  async function printed(verbose: 1 | 2, isTTY: boolean): Promise<string> {
    const stream = new PassThrough();
    const writes: string[] = [];
    stream.on('data', (chunk: Buffer) => writes.push(chunk.toString()));
    const terminal = {
      isTTY,
      columns: 200,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
    };
    const output = Object.assign(stream, terminal) as unknown as NodeJS.WriteStream;
    const logger = new ProgbarLogger(output);
    const model = new LinearModel();
    const timing = { dataWait: 1, elapsed: 4 };
    logger.setModel(model);
    const metrics = ['loss'];
    const means = () => ({ loss: 0.125 });
    logger.setParams({ epochs: 2, initialEpoch: 0, steps: 2, verbose, metrics, timing, means });
    logger.onEpochBegin(0);
    logger.onBatchEnd(0, { batch: 0, size: 8 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    logger.onBatchEnd(1, { batch: 1, size: 8, loss: 0.5 });
    logger.onEpochEnd(0, { loss: 0.125, val_loss: 0.0001 });
    logger.onTrainEnd();
    await new Promise((resolve) => setImmediate(resolve));
    return writes.join('');
  }

  it('draws a bar on a terminal', async () => {
    const text = await printed(1, true);
    expect(text).toMatch(/Epoch 1\/2 .*=+.* 2\/2 - loss: 0.1250 - \d+ images\/s - ETA 0.0s/);
    expect(text).toContain('data wait 25 %');
    expect(text).toMatch(/Epoch 1\/2 - 0.3s - loss: 0.1250 - val_loss: 1.000e-4 - \d+ images\/s\n/);
  });

  it('prints one line an epoch with verbose 2, and no bar elsewhere', async () => {
    for (const text of [await printed(2, true), await printed(1, false)]) {
      expect(text).toMatch(/^Epoch 1\/2 - 0.3s - loss: 0.1250 - val_loss: 1.000e-4 - .*\n$/);
    }
  });
});
