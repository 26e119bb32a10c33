import { describe, expect, it } from '@jest/globals';
import {
  csvLogger,
  CSVLogger,
  customCallback,
  earlyStopping,
  modelCheckpoint,
  reduceLROnPlateau,
} from '../../lib/callbacks/index.js';
import { resolveTraining } from '../../lib/model/compile.js';
import type { CompileArgs } from '../../lib/model/compile.js';
import { evaluate, evaluateDataset } from '../../lib/train/evaluate.js';
import { fit, fitDataset } from '../../lib/train/fit.js';
import { fitDatasetOptionNames, fitOptionNames } from '../../lib/train/fitOptions.js';
import type { FitOptions } from '../../lib/train/fitOptions.js';
import { testOnBatch, trainOnBatch } from '../../lib/train/onBatch.js';
import { predict } from '../../lib/train/predict.js';
import { LinearModel } from './linearModel.js';

const x = Float32Array.of(1, 2, 3);
const y = Float32Array.of(2, 4, 6);
const batch = { xs: x, ys: y, sampleWeight: null as unknown as Float32Array };

/** Null for every name but `verbose`, which is 0. */
function nulls(names: readonly string[]): object {
  return { ...Object.fromEntries(names.map((name) => [name, null])), verbose: 0 };
}

describe('null stands for what is left out', () => {
  it('in every option of fit and fitDataset', async () => {
    const model = new LinearModel();
    const plain = new LinearModel();
    await fit(model, x, y, nulls(fitOptionNames));
    await fit(plain, x, y, { verbose: 0 });
    await fitDataset(model, [batch], nulls(fitDatasetOptionNames));
    await fitDataset(plain, [{ xs: x, ys: y }], { verbose: 0 });
    expect(model.linear.steps).toEqual(plain.linear.steps);
  });

  it('in the options of the other calls, and for the options themselves', async () => {
    const model = new LinearModel({ learningRate: 0 });
    const logs = await evaluate(model, x, y, null);
    expect(await evaluate(model, x, y, nulls(['batchSize', 'sampleWeight', 'signal']))).toEqual(
      logs,
    );
    expect(await evaluateDataset(model, [batch], null)).toEqual(logs);
    expect(await trainOnBatch(model, x, y, nullWeights)).toEqual(logs);
    expect(await testOnBatch(model, x, y, null)).toEqual(logs);
    expect(await predict(model, x, null)).toEqual(await predict(model, x));
  });

  it('in the options of callbacks', async () => {
    const model = new LinearModel();
    const none = nulls(['monitor', 'mode', 'minDelta', 'patience', 'baseline']);
    const list = [
      earlyStopping(null),
      earlyStopping(none),
      reduceLROnPlateau(null),
      reduceLROnPlateau({ factor: null } as unknown as object),
      modelCheckpoint({ ...nulls(['saveFreq', 'initialValueThreshold']), filepath: '{epoch}' }),
      csvLogger('unused', null),
      customCallback({ onBatchEnd: null } as unknown as object),
    ];
    const callbacks = list.filter((callback) => !(callback instanceof CSVLogger));
    const { epoch } = await fit(model, x, y, { verbose: 0, validationData: [x, y], callbacks });
    expect(epoch).toEqual([0]);
    expect(model.savedPaths).toEqual(['1']);
  });

  it('in what compile() takes', () => {
    const outputs = [
      { name: 'a', shape: [2] },
      { name: 'b', shape: [1] },
    ];
    const args = {
      optimizer: 'sgd',
      loss: [null, 'mse'],
      lossWeights: null,
      metrics: null,
      weightedMetrics: { a: null },
    };
    const { spec } = resolveTraining(args as unknown as CompileArgs, outputs);
    expect(spec.losses.map(({ type, weight }) => [type, weight])).toEqual([
      ['', 1],
      ['meanSquaredError', 1],
    ]);
    expect(spec.metrics).toEqual([]);
  });
});

const nullWeights = { sampleWeight: null, classWeight: null } as unknown as object;

describe('options of another form', () => {
  it.each([new Map([['epochs', 2]]), new Set(['epochs']), [1], 5, 'epochs'])(
    '%p is refused',
    async (options) => {
      const model = new LinearModel();
      const refused = fit(model, x, y, options as FitOptions);
      await expect(refused).rejects.toMatchObject({ code: 'ERR_OPTION' });
      await expect(refused).rejects.toThrow('expected an object of options');
      expect(model.linear.steps).toEqual([]);
    },
  );

  it('names of a batch are checked as those of options', async () => {
    const misspelt = [{ xs: x, ys: y, sampleWeights: x }];
    await expect(fitDataset(new LinearModel(), misspelt, { verbose: 0 })).rejects.toThrow(
      "dataset batch 0: unknown option 'sampleWeights'; did you mean 'sampleWeight'?",
    );
  });

  it('a Map of lossWeights is refused', () => {
    const lossWeights = new Map([['a', 0]]) as unknown as number[];
    const args = { optimizer: 'sgd', loss: 'mse', lossWeights };
    expect(() => resolveTraining(args, [{ name: 'a', shape: [1] }])).toThrow(
      'lossWeights is Map(1)',
    );
  });
});
