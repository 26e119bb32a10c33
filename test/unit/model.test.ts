/** How models are put together: names, order, weights, and what cannot be built. */
import { input, layers, model, sequential } from '../../lib/index.js';
import type { LayersModel } from '../../lib/index.js';
import { coded } from './modelErrors.js';

const dense = (units: number, name?: string) =>
  layers.dense(name === undefined ? { units } : { units, name });

function names(network: LayersModel): string[] {
  return network.layers.map(({ name }) => name);
}

describe('names', () => {
  it('count up within a model, and start anew in the next', () => {
    const build = () =>
      sequential({
        layers: [
          layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }),
          layers.conv2d({ filters: 2, kernelSize: 3 }),
          layers.maxPooling2d(),
          layers.globalAveragePooling2d(),
          layers.leakyReLU(),
          layers.reLU({ name: 're_lu' }),
          layers.reLU(),
        ],
      });
    const expected = [
      'conv2d',
      'conv2d_1',
      'max_pooling2d',
      'global_average_pooling2d',
      'leaky_re_lu',
      're_lu',
      're_lu_1',
    ];
    expect(names(build())).toEqual(expected);
    expect(names(build())).toEqual(expected);
  });

  it('that are equal are an error', () => {
    const build = () => sequential({ layers: [dense(1, 'a'), dense(2, 'a')] });
    expect(build).toThrow(/model 'sequential': two layers are called 'a'/);
  });

  it('find layers, as positions do', () => {
    const first = layers.dense({ units: 3, name: 'first', inputShape: [2] });
    const network = sequential({ layers: [first, dense(1, 'last')] });
    expect(network.getLayer('first')).toBe(first);
    expect(network.getLayer(1).name).toBe('last');
    expect(() => network.getLayer('frist')).toThrow(
      "model 'sequential': no layer 'frist'; did you mean 'first'? Layers: first, last",
    );
    expect(() => network.getLayer(2)).toThrow(/no layer 2; there are 2/);
  });
});

describe('sequential()', () => {
  it('grows with add() until it is used', () => {
    const network = sequential({ name: 'net' });
    expect(() => network.layers).toThrow(/model 'net': it has no layers/);
    network.add(layers.dense({ units: 3, inputShape: [2] }));
    network.add(dense(4));
    expect(network.outputs[0]?.shape).toEqual([null, 4]);
    expect(network.countParams()).toBe(2 * 3 + 3 + 3 * 4 + 4);
    network.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    expect(() => {
      network.add(dense(1));
    }).toThrow(/cannot be added after compile/);
  });

  it('needs the shape of the input', () => {
    expect(() => sequential({ layers: [dense(1, 'd')] })).toThrow(
      "dense 'd': the first layer of a sequential model needs inputShape, the sizes of one sample",
    );
  });

  it('takes nothing but layers, and knows its options', () => {
    expect(() => sequential({ layers: ['dense'] as never })).toThrow(/layer 0 is 'dense'/);
    expect(() => sequential({ layer: [] } as never)).toThrow(/did you mean 'layers'/);
    expect(() => sequential({ seed: -1 })).toThrow(/seed is -1/);
    expect(() => sequential({ name: '' })).toThrow(/name is ''/);
  });
});

describe('model()', () => {
  it('orders layers by depth, as Keras does', () => {
    const a = input({ shape: [2], name: 'a' });
    const b = input({ shape: [2], name: 'b' });
    const left = dense(3, 'left').apply(dense(3, 'before').apply(a));
    const right = dense(3, 'right').apply(b);
    const sum = layers.add({ name: 'sum' }).apply([left, right]);
    const network = model({ inputs: [a, b], outputs: sum });
    expect(names(network)).toEqual(['a', 'before', 'b', 'left', 'right', 'sum']);
  });

  it('has several inputs and outputs, named after their layers', () => {
    const a = input({ shape: [2], name: 'a' });
    const b = input({ shape: [3], name: 'b' });
    const shared = dense(2, 'shared');
    const head = shared.apply(layers.concatenate().apply([a, b]));
    const again = shared.apply(layers.concatenate({ name: 'swapped' }).apply([b, a]));
    const network = model({ inputs: [b, a], outputs: [head, again, dense(1, 'end').apply(head)] });
    expect(network.inputSlots).toEqual([
      { name: 'b', shape: [3] },
      { name: 'a', shape: [2] },
    ]);
    expect(network.outputSlots.map(({ name }) => name)).toEqual(['shared', 'shared_1', 'end']);
    expect(network.weights.map(({ name }) => name)).toEqual([
      'shared/kernel',
      'shared/bias',
      'end/kernel',
      'end/bias',
    ]);
  });

  const x = () => input({ shape: [2], name: 'x' });

  it('names an input that is missing', () => {
    const [a, b] = [x(), input({ shape: [2], name: 'forgotten' })];
    const outputs = layers.add().apply([a, b]);
    expect(() => model({ inputs: a, outputs })).toThrow(/also need input 'forgotten'/);
  });

  it('names an input that leads nowhere', () => {
    const [a, b] = [x(), input({ shape: [2], name: 'idle' })];
    expect(() => model({ inputs: [a, b], outputs: dense(1).apply(a) })).toThrow(
      /input 'idle' is not connected to any output/,
    );
  });

  it('refuses inputs that are none, or are given twice', () => {
    const a = x();
    const middle = dense(1, 'middle').apply(a);
    expect(() => model({ inputs: middle, outputs: dense(1).apply(middle) })).toThrow(
      /dense 'middle' is given as an input; inputs come from input\(\)/,
    );
    expect(() => model({ inputs: [a, a], outputs: middle })).toThrow(/given twice/);
    expect(() => model({ inputs: [], outputs: middle })).toThrow(/inputs must be/);
    expect(() => model({ inputs: a, outputs: [1 as never] })).toThrow(/outputs must be/);
    expect(() => model({ input: a, outputs: middle } as never)).toThrow(/did you mean 'inputs'/);
  });
});

describe('backends', () => {
  it('are named, and a missing one is an error that lists those there are', () => {
    expect(sequential({ backend: 'cpu' }).backend).toBe('cpu');
    expect(sequential({ backend: 'reference' }).backend).toBe('reference');
    const make = () => sequential({ backend: 'tpu' });
    expect(make).toThrow(coded('ERR_BACKEND'));
    expect(make).toThrow(/no backend 'tpu'; there are .*'cpu'.*'cuda'/);
  });
});

describe('weights', () => {
  it('tell which are trainable', () => {
    const network = sequential({
      layers: [
        layers.dense({ units: 3, name: 'd', inputShape: [2] }),
        layers.batchNormalization({ name: 'bn' }),
      ],
    });
    const trainable = () => network.weights.filter((w) => w.trainable).map(({ name }) => name);
    expect(trainable()).toEqual(['d/kernel', 'd/bias', 'bn/gamma', 'bn/beta']);
    network.getLayer('d').trainable = false;
    expect(trainable()).toEqual(['bn/gamma', 'bn/beta']);
    expect(network.weights[0]).toMatchObject({
      name: 'd/kernel',
      shape: [2, 3],
      trainable: false,
      count: 6,
    });
  });
});
