import { expect, it } from '@jest/globals';
import { data, layers, sequential } from '../../lib/index.js';

it('Fashion-MNIST is whole, and a small network learns it', async () => {
  const { train, test, classNames } = await data.fashionMnist();
  expect(train.images.shape).toEqual([60000, 28, 28, 1]);
  expect(test.images.shape).toEqual([10000, 28, 28, 1]);
  const counts = new Array<number>(10).fill(0);
  for (const label of train.labels.values) counts[label] = (counts[label] ?? 0) + 1;
  expect(counts).toEqual(new Array<number>(10).fill(6000));
  expect(classNames[9]).toBe('Ankle boot');
  // The first training image is an ankle boot; its brightest row is far from its empty first.
  expect(train.labels.values[0]).toBe(9);
  expect(Math.max(...train.images.values.subarray(0, 28))).toBe(0);
  expect(Math.max(...train.images.values.subarray(0, 784))).toBe(255);

  const model = sequential({
    layers: [
      layers.rescaling({ scale: 1 / 255, inputShape: [28, 28, 1] }),
      layers.flatten(),
      layers.dense({ units: 64, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  const loss = 'sparseCategoricalCrossentropy';
  model.compile({ optimizer: 'adam', loss, metrics: ['accuracy'] });
  const rows = (tensor: typeof train.images) => tensor.slice(0, 6000);
  await model.fit(rows(train.images), rows(train.labels), { epochs: 3, verbose: 0 });
  const logs = await model.evaluate(test.images, test.labels, { batchSize: 250 });
  expect(logs.accuracy).toBeGreaterThan(0.75);
  await model.dispose();
});
