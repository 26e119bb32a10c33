import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Callback,
  customCallback,
  earlyStopping,
  modelCheckpoint,
  reduceLROnPlateau,
} from '../../lib/callbacks/index.js';
import { setLogger } from '../../lib/notices.js';
import { fit } from '../../lib/train/fit.js';
import type { FitOptions } from '../../lib/train/fitOptions.js';
import { LinearModel } from './linearModel.js';

const x = [[1], [2]];
const y = [3, 6];
let lines: string[] = [];

beforeEach(() => {
  lines = [];
  setLogger((line) => lines.push(line));
});

afterEach(() => {
  setLogger();
});

function modelWithAccuracy(): LinearModel {
  return Object.assign(new LinearModel(), { metricSlots: [{ name: 'accuracy' }] });
}

const options = { verbose: 0, epochs: 3 } as const;

describe('a monitor that no log has', () => {
  it.each<[Callback, string]>([
    [earlyStopping({ monitor: 'val_acc' }), 'earlyStopping'],
    [reduceLROnPlateau({ monitor: 'val_acc' }), 'reduceLROnPlateau'],
    [modelCheckpoint({ filepath: 'x', monitor: 'val_acc', saveBestOnly: true }), 'modelCheckpoint'],
  ])(
    'is said once, with the name that is meant, and training goes on: %#',
    async (callbacks, who) => {
      const data: FitOptions = { ...options, validationData: [x, y], callbacks };
      const { epoch } = await fit(modelWithAccuracy(), x, y, data);
      expect(epoch).toEqual([0, 1, 2]);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(`node-cudnn: ${who}: monitor 'val_acc' is not among the logs`);
      expect(lines[0]).toContain("did you mean 'val_accuracy'?");
      expect(lines[0]).not.toContain('validation data');
    },
  );

  it.each([
    ['val_loss', "'loss', 'accuracy'; without validation data there are no 'val_' logs"],
    ['val_acc', "did you mean 'val_accuracy'?; without validation data"],
    ['acc', "did you mean 'accuracy'?; it does nothing"],
  ])('%s without validation data: %s', async (monitor, text) => {
    await fit(modelWithAccuracy(), x, y, { ...options, callbacks: earlyStopping({ monitor }) });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(text);
  });

  it('is none that comes in some epochs, or from another callback', async () => {
    const addsOne = customCallback({
      onEpochEnd: (_epoch, logs) => {
        logs.own = 1;
      },
    });
    const stop = earlyStopping({ monitor: 'own', patience: 1 });
    const validation: FitOptions = { validationData: [x, y], validationFreq: 2 };
    const callbacks = [addsOne, stop, earlyStopping({ patience: 9 })];
    const { epoch } = await fit(new LinearModel(), x, y, { ...options, ...validation, callbacks });
    expect(lines).toEqual([]);
    expect(epoch).toEqual([0, 1]);
  });

  it("is a 'val_' one for a checkpoint after batches", async () => {
    const checkpoint = modelCheckpoint({ filepath: 'x', saveBestOnly: true, saveFreq: 1 });
    const data: FitOptions = { ...options, validationData: [x, y], callbacks: checkpoint };
    await fit(new LinearModel(), x, y, data);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("modelCheckpoint: monitor 'val_loss' is not among the logs");
    expect(checkpoint.saved).toEqual([]);
  });
});

describe("a checkpoint's path", () => {
  it.each<[Parameters<typeof modelCheckpoint>[0], string]>([
    [{ filepath: '{val_acc:.2f}' }, "{val_acc} of filepath is not among the logs 'epoch', 'loss'"],
    [{ filepath: '{val_acc}' }, "did you mean 'val_accuracy'?; without validation data"],
    [{ filepath: '{acc}' }, "did you mean 'accuracy'?"],
    [{ filepath: '{batch}' }, '{batch} of filepath is not among'],
    [{ filepath: '{epoch:x}' }, "has the format 'x'"],
  ])('with %p is refused before training', async (checkpoint, message) => {
    const model = modelWithAccuracy();
    const refused = fit(model, x, y, { ...options, callbacks: modelCheckpoint(checkpoint) });
    await expect(refused).rejects.toMatchObject({ code: 'ERR_OPTION' });
    await expect(refused).rejects.toThrow(message);
    expect(model.linear.steps).toEqual([]);
  });

  it('has no values of a validation after batches', async () => {
    const callbacks = modelCheckpoint({ filepath: '{val_loss}', saveFreq: 1 });
    const refused = fit(new LinearModel(), x, y, { ...options, validationData: [x, y], callbacks });
    await expect(refused).rejects.toThrow('{val_loss} of filepath is not among the logs');
  });

  it('takes the learning rate where a callback logs it', async () => {
    const checkpoint = modelCheckpoint({ filepath: '{learning_rate}' });
    const callbacks = [reduceLROnPlateau({ monitor: 'loss' }), checkpoint];
    await fit(new LinearModel(), x, y, { ...options, callbacks });
    expect(checkpoint.saved).toEqual(['0.1', '0.1', '0.1']);
  });

  it('takes it where none does, too', async () => {
    const callbacks = modelCheckpoint({ filepath: '{learning_rate}-{batch}', saveFreq: 1 });
    await fit(new LinearModel(), x, y, { ...options, epochs: 1, callbacks });
    expect(callbacks.saved).toEqual(['0.1-1']);
  });
});
