/** The ops, attributes and weights that each layer hands to native code. */
import { initializers, input, layers, model, regularizers, sequential } from '../../lib/index.js';
import type { Layer, SymbolicTensor } from '../../lib/index.js';
import { firstWeightId } from '../../lib/layers/weightIds.js';
import { buildGraph } from '../../lib/model/graph.js';
import { lowerModel } from '../../lib/model/lowerModel.js';
import type { ModelSpec } from '../../lib/native/program.js';

function lower(inputs: readonly SymbolicTensor[], ...outputs: SymbolicTensor[]): ModelSpec {
  const backend = { name: 'cpu', native: 'cpu', options: {} };
  return lowerModel({ graph: buildGraph('model', inputs, outputs), trainable: true }, backend, 5);
}

function lowerLayer(layer: Layer, ...shapes: number[][]): ModelSpec {
  const inputs = shapes.map((shape, i) => input({ shape, name: `x${i}` }));
  return lower(inputs, layer.apply(inputs));
}

function opsOf(layer: Layer, ...shapes: number[][]) {
  return lowerLayer(layer, ...shapes).ops.map(({ type, attributes }) => ({ type, attributes }));
}

describe('a convolution', () => {
  it('pads with numbers, keeps its activation apart and names its weights', () => {
    const layer = layers.conv2d({
      name: 'conv2',
      filters: 6,
      kernelSize: [3, 2],
      strides: [2, 1],
      padding: 'same',
      dilationRate: [1, 2],
      groups: 2,
      activation: 'relu',
      kernelRegularizer: regularizers.l1l2({ l1: 0.1, l2: 0.2 }),
      biasInitializer: initializers.constant({ value: 1 }),
    });
    const spec = lowerLayer(layer, [8, 9, 4]);
    expect(spec.ops).toEqual([
      {
        type: 'conv2d',
        name: 'conv2',
        inputs: [0],
        weights: [0, 1],
        attributes: {
          strides: [2, 1],
          // Height: 4 positions of 3 from 8 need 9; width: 9 positions of 1 + 2 need 11.
          padding: [0, 1, 1, 1],
          dilations: [1, 2],
          groups: 2,
          activation: 'linear',
        },
      },
      {
        type: 'activation',
        name: 'conv2/relu',
        inputs: [1],
        weights: [],
        attributes: { function: 'relu', alpha: 0 },
      },
    ]);
    expect(spec.outputs).toEqual([2]);
    const limit = Math.sqrt(6 / (3 * 2 * 2 + 3 * 2 * 6));
    const first = firstWeightId(layer);
    expect(spec.weights).toEqual([
      {
        name: 'conv2/kernel',
        shape: [3, 2, 2, 6],
        initializer: { kind: 'uniform', attributes: { minimum: -limit, maximum: limit } },
        trainable: true,
        l1: 0.1,
        l2: 0.2,
        id: first,
      },
      {
        name: 'conv2/bias',
        shape: [6],
        initializer: { kind: 'constant', attributes: { value: 1 } },
        trainable: true,
        l1: 0,
        l2: 0,
        id: first + 1,
      },
    ]);
  });

  it('without bias has -1 in its place', () => {
    const layer = layers.conv2d({ filters: 1, kernelSize: 1, useBias: false });
    expect(lowerLayer(layer, [2, 2, 1]).ops[0]?.weights).toEqual([0, -1]);
  });
});

describe('the op of', () => {
  const image = [6, 7, 2];
  it.each<[Layer, string, object]>([
    [
      layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      'maxPooling2d',
      { poolSize: [3, 3], strides: [2, 2], padding: [0, 1, 1, 1] },
    ],
    [
      layers.averagePooling2d({ poolSize: [2, 3] }),
      'averagePooling2d',
      { poolSize: [2, 3], strides: [2, 3], padding: [0, 0, 0, 0] },
    ],
    [layers.globalAveragePooling2d(), 'globalAveragePooling2d', {}],
    [
      layers.localResponseNormalization(),
      'localResponseNormalization',
      { depthRadius: 5, bias: 1, alpha: 1, beta: 0.5 },
    ],
    [layers.flatten(), 'reshape', { shape: [84] }],
    [layers.reshape({ targetShape: [-1, 7] }), 'reshape', { shape: [12, 7] }],
    [layers.permute({ dims: [2, 3, 1] }), 'permute', { dims: [2, 3, 1] }],
    [layers.upSampling2d(), 'upSampling2d', { size: [2, 2] }],
    [layers.dropout({ rate: 0.4 }), 'dropout', { rate: 0.4, stream: 0 }],
    [layers.dropout({ rate: 0.4, seed: 9 }), 'dropout', { rate: 0.4, stream: 2 ** 30 + 9 }],
    [layers.reLU(), 'activation', { function: 'relu', alpha: 0 }],
    [layers.leakyReLU(), 'activation', { function: 'leakyRelu', alpha: 0.3 }],
    [layers.elu(), 'activation', { function: 'elu', alpha: 1 }],
    [layers.activation({ activation: 'tanh' }), 'activation', { function: 'tanh', alpha: 0 }],
    [
      layers.activation({ activation: 'leakyRelu' }),
      'activation',
      { function: 'leakyRelu', alpha: 0.2 },
    ],
    [layers.activation({ activation: 'softmax' }), 'softmax', {}],
    [layers.softmax(), 'softmax', {}],
    [layers.rescaling({ scale: 0.5, offset: 2 }), 'rescaling', { scale: 0.5, offset: 2 }],
  ])('%# has its attributes', (layer, type, attributes) => {
    expect(opsOf(layer, image)).toEqual([{ type, attributes }]);
  });

  it('merging layers has every input', () => {
    const joined = lowerLayer(layers.concatenate({ axis: -2 }), [2, 3], [4, 3]);
    expect(joined.ops[0]).toMatchObject({
      type: 'concatenate',
      inputs: [0, 1],
      attributes: { axis: 1 },
    });
    expect(lowerLayer(layers.add(), [2], [2], [2]).ops[0]).toMatchObject({
      type: 'add',
      inputs: [0, 1, 2],
    });
  });

  it("'linear' is none, but an output is an op's", () => {
    expect(opsOf(layers.dense({ units: 1 }), [2]).map(({ type }) => type)).toEqual(['dense']);
    const spec = lowerLayer(layers.activation({ activation: 'linear' }), [2]);
    expect(spec.ops).toHaveLength(1);
    expect(spec.ops[0]?.attributes).toEqual({ function: 'linear', alpha: 0 });
    expect(spec.outputs).toEqual([1]);
  });
});

describe('batch normalization', () => {
  it('has its weights in order, statistics not trainable', () => {
    const spec = lowerLayer(layers.batchNormalization({ name: 'bn' }), [4, 4, 3]);
    expect(spec.ops[0]).toMatchObject({
      type: 'batchNormalization',
      weights: [0, 1, 2, 3],
      attributes: { epsilon: 1e-3, momentum: 0.99, training: true },
    });
    expect(spec.weights.map(({ name, trainable }) => [name, trainable])).toEqual([
      ['bn/gamma', true],
      ['bn/beta', true],
      ['bn/movingMean', false],
      ['bn/movingVariance', false],
    ]);
    expect(spec.weights.map(({ initializer }) => initializer.kind)).toEqual([
      'ones',
      'zeros',
      'zeros',
      'ones',
    ]);
  });

  it('without gamma and beta has -1 in their places', () => {
    const layer = layers.batchNormalization({ center: false, scale: false });
    expect(lowerLayer(layer, [3]).ops[0]?.weights).toEqual([-1, -1, 0, 1]);
  });

  it('frozen uses the moving averages', () => {
    const spec = lowerLayer(layers.batchNormalization({ trainable: false }), [3]);
    expect(spec.ops[0]?.attributes.training).toBe(false);
    expect(spec.weights.some(({ trainable }) => trainable)).toBe(false);
  });
});

describe('a model', () => {
  it('gives two dropouts two streams', () => {
    const network = sequential({
      layers: [layers.dropout({ rate: 0.1, inputShape: [4] }), layers.dropout({ rate: 0.1 })],
    });
    const spec = lower(network.inputs, ...network.outputs);
    expect(spec.ops.map(({ attributes }) => attributes.stream)).toEqual([0, 1]);
  });

  it('has the weights of a layer used twice once', () => {
    const x = input({ shape: [4], name: 'x' });
    const shared = layers.dense({ units: 4, name: 'shared', activation: 'relu' });
    const spec = lower([x], shared.apply(shared.apply(x)));
    expect(spec.weights.map(({ name }) => name)).toEqual(['shared/kernel', 'shared/bias']);
    expect(spec.ops.map(({ name }) => name)).toEqual([
      'shared',
      'shared/relu',
      'shared@1',
      'shared@1/relu',
    ]);
    expect(spec.ops.map(({ weights }) => weights)).toEqual([[0, 1], [], [0, 1], []]);
    expect(spec.ops.map(({ inputs }) => inputs)).toEqual([[0], [1], [2], [3]]);
  });

  it('numbers inputs first, in the order given, then ops', () => {
    const a = input({ shape: [2], name: 'a' });
    const b = input({ shape: [3], name: 'b' });
    const joined = layers.concatenate().apply([a, b]);
    const spec = lower([b, a], joined, layers.dense({ units: 1 }).apply(joined));
    expect(spec.inputs).toEqual([
      { name: 'b', shape: [3] },
      { name: 'a', shape: [2] },
    ]);
    expect(spec.ops.map(({ inputs }) => inputs)).toEqual([[1, 0], [2]]);
    expect(spec.outputs).toEqual([2, 3]);
    expect([spec.backend, spec.seed]).toEqual(['cpu', 5]);
  });

  it('can be deeper than the stack of calls', () => {
    const x = input({ shape: [1] });
    let y = x;
    for (let i = 0; i < 9999; ++i) y = layers.reLU().apply(y);
    expect(lower([x], y).ops).toHaveLength(9999);
    expect(model({ inputs: x, outputs: y }).layers).toHaveLength(10000);
  });
});
