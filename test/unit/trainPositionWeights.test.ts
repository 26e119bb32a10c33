import { describe, expect, it } from '@jest/globals';
import { layers, sequential, tensor } from '../../lib/index.js';
import type { LayersModel } from '../../lib/index.js';
import { withWeights } from '../../lib/train/sampleWeights.js';
import { LinearModel } from './linearModel.js';

// The outputs are the inputs: images of 1 x 2 pixels, one channel.
function identity(backend: 'cpu' | 'reference'): LayersModel {
  const net = sequential({
    layers: [layers.rescaling({ scale: 1, inputShape: [1, 2, 1] })],
    backend,
  });
  net.compile({ optimizer: 'sgd', loss: 'mse', weightedMetrics: ['mae'], metrics: ['mse'] });
  return net;
}

// Squared errors 1, 9 and 4, 0.
const x = tensor([1, 3, 2, 0], [2, 1, 2, 1]);
const y = tensor([0, 0, 0, 0], [2, 1, 2, 1]);

describe('weights of positions', () => {
  it.each(['cpu', 'reference'] as const)('weigh the loss as Keras does, on %s', async (backend) => {
    const net = identity(backend);
    const sampleWeight = tensor([1, 2, 0.5, 3], [2, 1, 2]);
    for (const batchSize of [1, 2]) {
      const logs = await net.evaluate(x, y, { sampleWeight, batchSize });
      expect(logs.loss).toBeCloseTo((1 + 18 + 2 + 0) / 4, 6);
      expect(logs.mse).toBeCloseTo(14 / 4, 6);
      expect(logs.mae).toBeCloseTo((1 + 6 + 1 + 0) / 6.5, 6);
    }
    await net.dispose();
  });

  it('are those of the row where each row has one', async () => {
    const net = identity('cpu');
    const { loss } = await net.evaluate(x, y, { sampleWeight: [1, 10] });
    expect(loss).toBeCloseTo((1 + 9 + 40 + 0) / 4, 6);
    await net.dispose();
  });
});

describe('the forms of weights', () => {
  const outputSlot = { shape: [2, 1] };
  const samples = { count: 2, inputs: [], targets: [] };
  const weightsOf = (sampleWeight: object) =>
    withWeights(new LinearModel({ outputSlot }), samples, {
      sampleWeight,
    } as object).sampleWeights?.map((weights) => [...weights]);

  it.each([
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [[Float32Array.of(1, 2), Float32Array.of(3, 4)]],
    [tensor([1, 2, 3, 4], [2, 2])],
    [tensor([1, 2, 3, 4], [2, 2, 1])],
    [Float32Array.of(1, 2, 3, 4)],
    [[tensor([1, 2]), tensor([3, 4])]],
    [
      {
        y: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
  ])('of positions: %p', (weights) => {
    expect(weightsOf(weights)).toEqual([[1, 2, 3, 4]]);
  });

  it('of the positions of one row', () => {
    const model = new LinearModel({ outputSlot });
    for (const sampleWeight of [[[1, 2]], [tensor([1, 2])], tensor([1, 2], [1, 2])]) {
      const weighted = withWeights(model, { ...samples, count: 1 }, { sampleWeight });
      expect([...(weighted.sampleWeights?.[0] ?? [])]).toEqual([1, 2]);
    }
  });

  it.each([
    [[1, 3]],
    [[[1], [3]]],
    [tensor([1, 3])],
    [tensor([1, 3], [2, 1])],
    [Int32Array.of(1, 3)],
  ])('of rows: %p', (weights) => {
    expect(weightsOf(weights)).toEqual([[1, 1, 3, 3]]);
  });

  it.each([
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'ERR_SHAPE',
      'expected 2 elements, got 3',
    ],
    [tensor([1, 2, 3, 4, 5, 6], [2, 3]), 'ERR_SHAPE', 'expected shape [n,2], got [2,3]'],
    [[1, 2, 3], 'ERR_DATA', 'has weights of 3 rows, but x has 2'],
    [
      [
        [1, 2],
        [NaN, 4],
      ],
      'ERR_DATA',
      'row 1: weight NaN is not finite',
    ],
  ])('refuses %p', (weights, code, message) => {
    expect(() => weightsOf(weights)).toThrow(expect.objectContaining({ code }));
    expect(() => weightsOf(weights)).toThrow(message);
  });
});
