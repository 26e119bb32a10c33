import { describe, expect, it } from '@jest/globals';
import { input, layers, model as functional, oneHot, sequential, train } from '../../lib/index.js';
import { tensor, type Tensor } from '../../lib/index.js';
import { smallNetwork, stripes } from './models.js';

const quiet = { verbose: 0 } as const;

describe('a network', () => {
  it('learns, and evaluate and predict agree with its history', async () => {
    const { x, y } = stripes(300);
    const model = smallNetwork();
    const options = { ...quiet, epochs: 12, batchSize: 32, validationSplit: 0.2 };
    const { history } = await model.fit(x, y, options);
    expect(history.loss?.at(-1)).toBeLessThan(0.3 * (history.loss?.[0] ?? 0));
    expect(history.val_accuracy?.at(-1)).toBeGreaterThan(0.95);

    const held = { x: x.subarray(240 * 36), y: y.subarray(240) };
    const logs = await model.evaluate(held.x, held.y, { batchSize: 7 });
    expect(logs.loss).toBeCloseTo(history.val_loss?.at(-1) ?? NaN, 5);
    expect(logs.accuracy).toBe(history.val_accuracy?.at(-1));

    const predicted = await model.predict(held.x, { batchSize: 7 });
    expect(predicted.shape).toEqual([60, 3]);
    const labels = [...predicted.argMax().values];
    const right = labels.filter((label, i) => label === held.y[i]).length;
    expect(right / 60).toBeCloseTo(logs.accuracy ?? NaN, 6);
    const losses = [...held.y].map((label, i) => -Math.log(predicted.values[3 * i + label] ?? 0));
    expect(losses.reduce((a, b) => a + b, 0) / 60).toBeCloseTo(logs.loss, 5);
    await model.dispose();
  });

  it('takes bytes, labels of any integer type, and data sets alike', async () => {
    const { x, y } = stripes(64);
    const bytes = Uint8Array.from(x, (value) => Math.min(Math.max(100 * value + 60, 0), 255));
    const labels = Uint8Array.from(y);
    const options = { ...quiet, batchSize: 16, shuffle: false };
    const first = smallNetwork();
    const { history } = await first.fit(bytes, labels, options);
    const second = smallNetwork();
    const floats = Float32Array.from(bytes);
    expect((await second.fit(floats, y, options)).history).toEqual(history);
    const third = smallNetwork();
    const dataset = function* () {
      for (let i = 0; i < 64; i += 16) {
        const xs = tensor(bytes.slice(36 * i, 36 * (i + 16)), [16, 6, 6, 1]);
        yield { xs, ys: labels.slice(i, i + 16) };
      }
    };
    expect((await third.fitDataset(dataset, quiet)).history).toEqual(history);
    await Promise.all([first.dispose(), second.dispose(), third.dispose()]);
  });

  it('has the same run from the same seed, and another from another', async () => {
    const { x, y } = stripes(64);
    const runs = [];
    for (const seed of [5, 5, 6]) {
      const model = smallNetwork(undefined, seed);
      runs.push((await model.fit(x, y, { ...quiet, batchSize: 10, epochs: 2 })).history);
      await model.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });
});

describe('losses', () => {
  // A model without weights gives its input back: losses of known numbers.
  const identity = () => {
    const x = input({ shape: [3] });
    const y = layers.activation({ activation: 'linear' }).apply(x);
    const model = functional({ inputs: x, outputs: y });
    model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
    return model;
  };
  const p = tensor([
    [0.7, 0.2, 0.1],
    [0.7, 0.2, 0.1],
    [0.7, 0.2, 0.1],
    [0.7, 0.2, 0.1],
  ]);
  const y = oneHot([0, 1, 2, 0], 3);

  it('are weighed by sample and divided by the number of samples', async () => {
    const model = identity();
    const weighted = await model.evaluate(p, y, { sampleWeight: [1, 2, 3, 4], batchSize: 3 });
    expect(weighted.loss).toBeCloseTo(2.977501, 5);
    const plain = await model.evaluate(p, y);
    expect(plain.loss).toBeCloseTo((0.356675 + 1.609438 + 2.302585 + 0.356675) / 4, 5);
    await model.dispose();
  });

  it('of several outputs are named, and add up with their weights and penalties', async () => {
    const x = input({ shape: [2], name: 'x' });
    const kernel = { kernelInitializer: 'ones', kernelRegularizer: 'l2' } as const;
    const a = layers.dense({ units: 1, name: 'a', ...kernel }).apply(x);
    const b = layers.dense({ units: 1, name: 'b', kernelInitializer: 'zeros' }).apply(x);
    const model = functional({ inputs: x, outputs: [a, b] });
    const lossWeights = { a: 2, b: 0.5 };
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', lossWeights });
    const rows = [
      [1, 2],
      [3, 4],
    ];
    const logs = await model.evaluate({ x: rows }, { a: [1, 1], b: [2, 4] });
    expect(Object.keys(logs)).toEqual(['loss', 'a_loss', 'b_loss']);
    expect(logs.a_loss).toBeCloseTo((4 + 36) / 2, 5);
    expect(logs.b_loss).toBeCloseTo((4 + 16) / 2, 5);
    // Keras's l2 is 0.01 by default.
    expect(logs.loss).toBeCloseTo(2 * 20 + 0.5 * 10 + 0.01 * 2, 5);
    const lists = await model.evaluate(
      [rows],
      [
        [[1], [1]],
        [[2], [4]],
      ],
    );
    expect(lists).toEqual(logs);
    const outputs = (await model.predict({ x: rows })) as Tensor[];
    expect(outputs.map((output) => [...output.values])).toEqual([
      [3, 7],
      [0, 0],
    ]);
    await model.dispose();
  });

  it('of a class are weighed by classWeight', async () => {
    const { x, y: labels } = stripes(30);
    const unweighed = smallNetwork(train.sgd(0));
    const { history: plain } = await unweighed.fit(x, labels, quiet);
    const weighed = smallNetwork(train.sgd(0));
    const classWeight = { 0: 3, 1: 3, 2: 3 };
    const { history } = await weighed.fit(x, labels, { ...quiet, classWeight });
    expect(history.loss?.[0]).toBeCloseTo(3 * (plain.loss?.[0] ?? NaN), 4);
    await Promise.all([unweighed.dispose(), weighed.dispose()]);
  });
});

it('the learning rate may change between steps', async () => {
  // v = m v - lr g, w += v with the gradients .5, .3, .1 of w: .902 .8578 after lr goes to .01.
  const model = sequential({
    layers: [
      layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: 'ones' }),
    ],
  });
  const optimizer = train.sgd({ learningRate: 0.1, momentum: 0.9 });
  model.compile({ optimizer, loss: 'meanAbsoluteError' });
  const weights: number[] = [];
  for (const gradient of [0.5, 0.3, 0.1]) {
    // The output lies above the target, so the gradient is the input.
    await model.trainOnBatch([[gradient]], [-9]);
    weights.push((await model.getWeights())[0]?.values[0] ?? NaN);
    optimizer.learningRate = 0.01;
  }
  [0.95, 0.902, 0.8578].forEach((expected, i) => {
    expect(weights[i]).toBeCloseTo(expected, 6);
  });
  await model.dispose();
});
