/** What logs say of weighed losses, weighted metrics and penalties, with numbers by hand. */
import { input, layers, model, regularizers, sequential, tensor, train } from '../../lib/index.js';
import type { LayersModel } from '../../lib/index.js';

const quiet = { shuffle: false, verbose: 0 as const };
const column = (...values: number[]) => tensor(values, [values.length, 1]);

describe('lossWeights', () => {
  /** Two outputs, each a multiple of one number. */
  function doubled(lossWeights: readonly number[]): LayersModel {
    const x = input({ shape: [1], name: 'x' });
    const last = { units: 1, useBias: false, kernelInitializer: 'ones' };
    const outputs = ['one', 'two'].map((name) => layers.dense({ ...last, name }).apply(x));
    const net = model({ inputs: x, outputs });
    net.compile({ optimizer: train.sgd(0.1), loss: 'mse', lossWeights, metrics: ['mae'] });
    return net;
  }

  it.each([
    [[1, 0], 4],
    [[0.25, 2], 1 + 2 * 9],
    [[0, 0], 0],
  ])('%j weigh the total, not the logs of each output', async (lossWeights, loss) => {
    const net = doubled(lossWeights);
    const y = [column(0), column(-1)];
    const expected = { loss, one_loss: 4, two_loss: 9, one_mae: 2, two_mae: 3 };
    expect(await net.evaluate(column(2), y)).toEqual(expected);
    expect(await net.trainOnBatch(column(2), y)).toEqual(expected);
    // The gradients are 2 error x, times the weights.
    const [one, two] = (await net.getWeights()).map((weight) => weight.dataSync()[0]);
    expect(one).toBeCloseTo(1 - 0.1 * 8 * (lossWeights[0] ?? NaN), 5);
    expect(two).toBeCloseTo(1 - 0.1 * 12 * (lossWeights[1] ?? NaN), 5);
    await net.dispose();
  });
});

describe('weighted metrics of loss type', () => {
  const weights = (...values: number[]) => ({ sampleWeight: tensor(values, [values.length]) });

  function linear(): LayersModel {
    const dense = { units: 1, useBias: false, kernelInitializer: 'ones', inputShape: [1] };
    const net = sequential({ layers: [layers.dense(dense)] });
    net.compile({ optimizer: train.sgd(1e-30), loss: 'mse', weightedMetrics: ['mse', 'mae'] });
    return net;
  }

  it('divide by the sum of the weights', async () => {
    const net = linear();
    const logs = await net.evaluate(column(1, 2), column(0, 0), weights(3, 1));
    expect(logs).toEqual({ loss: 3.5, mse: 1.75, mae: 1.25 });
    expect(await net.evaluate(column(1, 2), column(0, 0))).toEqual({
      loss: 2.5,
      mse: 2.5,
      mae: 1.5,
    });
    await net.dispose();
  });

  it('do so over batches, whose weights may all be 0', async () => {
    const net = linear();
    const x = column(1, 2, 3, 4, 5);
    const y = column(0, 0, 0, 0, 0);
    const args = { batchSize: 2, ...weights(0, 0, 3, 1, 4) };
    const expected = { loss: (27 + 16 + 100) / 5, mse: 143 / 8, mae: 33 / 8 };
    expect(await net.evaluate(x, y, args)).toEqual(expected);
    const { history } = await net.fit(x, y, { ...quiet, ...args, epochs: 1 });
    expect(history).toEqual({ loss: [expected.loss], mse: [expected.mse], mae: [expected.mae] });
    const none = await net.evaluate(x, y, weights(0, 0, 0, 0, 0));
    expect(none).toEqual({ loss: 0, mse: 0, mae: 0 });
    await net.dispose();
  });

  it('count class weights too', async () => {
    const net = linear();
    const logs = await net.trainOnBatch(column(1, 2), column(0, 1), { classWeight: { 0: 3 } });
    expect(logs).toEqual({ loss: 2, mse: 1, mae: 1 });
    await net.dispose();
  });
});

describe('penalties', () => {
  const zeros = column(0, 0, 0, 0, 0);

  function penalized(trainable = true): LayersModel {
    const dense = layers.dense({
      units: 1,
      inputShape: [1],
      kernelInitializer: 'ones',
      kernelRegularizer: regularizers.l2({ l2: 1 }),
      trainable,
    });
    const net = sequential({ layers: [dense] });
    net.compile({ optimizer: train.sgd(0.5), loss: 'mse', metrics: ['mse'] });
    return net;
  }

  it('are averaged over samples, as the loss', async () => {
    const net = penalized();
    const args = { ...quiet, epochs: 1, batchSize: 4 };
    const validationData: [typeof zeros, typeof zeros] = [zeros, zeros];
    const { history } = await net.fit(zeros, zeros, { ...args, validationData });
    // The first step takes the kernel from 1 to 0.
    expect(history).toEqual({ loss: [0.8], mse: [0], val_loss: [0], val_mse: [0] });
    await net.dispose();
  });

  it('are in every evaluation, whatever its batches', async () => {
    const net = penalized();
    for (const batchSize of [1, 2, 5]) {
      expect(await net.evaluate(zeros, zeros, { batchSize })).toEqual({ loss: 1, mse: 0 });
    }
    expect(await net.testOnBatch(zeros, zeros)).toEqual({ loss: 1, mse: 0 });
    await net.dispose();
  });

  it('leave frozen layers out, as Keras does', async () => {
    const net = penalized(false);
    expect(await net.evaluate(zeros, zeros)).toEqual({ loss: 0, mse: 0 });
    await net.dispose();
  });
});
