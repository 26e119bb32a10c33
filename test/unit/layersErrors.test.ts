/** A wrong option or shape fails when the model is built and says what to do. */
import { initializers, input, layers, regularizers, sequential } from '../../lib/index.js';
import type { Layer } from '../../lib/index.js';
import { coded } from './modelErrors.js';

// Options as JavaScript may pass them.
const from = (options: object): never => options as never;

const conv = { filters: 4, kernelSize: 3 };

describe('options', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'an unknown one',
      () => layers.dense(from({ unit: 3 })),
      /'unit'; did you mean 'units'\? Known: .*units/,
    ],
    [
      'snake_case',
      () => layers.conv2d(from({ ...conv, kernel_size: 3 })),
      /'kernelSize'\? \(names are camelCase\)/,
    ],
    [
      'none at all',
      () => (layers.dense as () => unknown)(),
      /dense: expected an object of options, got undefined/,
    ],
    [
      'negative filters',
      () => layers.conv2d({ ...conv, filters: -1 }),
      /conv2d: filters is -1; expected a whole number from 1/,
    ],
    ['a fractional kernel', () => layers.conv2d({ ...conv, kernelSize: 2.5 }), /kernelSize is 2.5/],
    [
      'three strides',
      () => layers.conv2d(from({ ...conv, strides: [1, 1, 1] })),
      /strides is \[1,1,1\]; expected a number or \[height, width\]/,
    ],
    ['a zero stride', () => layers.maxPooling2d({ strides: 0 }), /strides is 0/],
    [
      'a misspelt padding',
      () => layers.conv2d(from({ ...conv, padding: 'some' })),
      /padding is 'some'; expected one of 'valid', 'same'/,
    ],
    [
      'negative padding',
      () =>
        layers.conv2d({
          ...conv,
          padding: [
            [0, -1],
            [0, 0],
          ],
        }),
      /padding is -1/,
    ],
    [
      'flat padding',
      () => layers.conv2d(from({ ...conv, padding: [1, 1] })),
      /\[\[top, bottom\], \[left, right\]\]/,
    ],
    [
      'padding as large as the pool',
      () =>
        layers.maxPooling2d({
          poolSize: 2,
          padding: [
            [2, 0],
            [0, 0],
          ],
        }),
      /less than the pool size/,
    ],
    [
      'channels first',
      () => layers.conv2d(from({ ...conv, dataFormat: 'channelsFirst' })),
      /channels-last/,
    ],
    [
      'filters that groups do not divide',
      () => layers.conv2d({ ...conv, groups: 3 }),
      /no multiple of groups 3/,
    ],
    [
      'an unknown activation',
      () => layers.dense(from({ units: 1, activation: 'rellu' })),
      /'relu'/,
    ],
    ['no activation', () => layers.activation(from({})), /activation is undefined/],
    [
      'an unknown initializer',
      () => layers.dense({ units: 1, kernelInitializer: 'he_normal' }),
      /did you mean 'heNormal'/,
    ],
    [
      'an initializer of another kind',
      () => layers.dense(from({ units: 1, kernelInitializer: 3 })),
      /kernelInitializer is 3/,
    ],
    [
      'an unknown regularizer',
      () => layers.dense({ units: 1, kernelRegularizer: 'l3' }),
      /kernelRegularizer is 'l3'/,
    ],
    ['a negative regularizer', () => regularizers.l2({ l2: -1 }), /l2 is -1/],
    [
      'a useBias that is no boolean',
      () => layers.dense(from({ units: 1, useBias: 1 })),
      /useBias is 1; expected true or false/,
    ],
    [
      'a rate above 1',
      () => layers.dropout({ rate: 1.5 }),
      /rate is 1.5; expected a finite number from 0 to 1/,
    ],
    ['NaN', () => layers.rescaling({ scale: NaN }), /scale is NaN/],
    ['an alpha below 0', () => layers.leakyReLU({ alpha: -0.1 }), /alpha is -0.1/],
    ['an epsilon of 0', () => layers.batchNormalization({ epsilon: 0 }), /epsilon is 0/],
    ['the batch axis', () => layers.concatenate({ axis: 0 }), /the batch axis/],
    [
      'two -1 in targetShape',
      () => layers.reshape({ targetShape: [-1, -1] }),
      /targetShape is \[-1,-1\]/,
    ],
    ['a slash in a name', () => layers.flatten({ name: 'a/b' }), /name is 'a\/b'/],
    [
      'an unknown size',
      () => layers.dense(from({ units: 1, inputShape: [null] })),
      /inputShape is \[null\]/,
    ],
    [
      'both input shapes',
      () => layers.dense({ units: 1, inputShape: [2], batchInputShape: [null, 2] }),
      /give one of them/,
    ],
    [
      'a fixed batch',
      () => layers.dense({ units: 1, batchInputShape: [32, 2] }),
      /expected null first/,
    ],
    ['an initializer without value', () => initializers.constant(from({})), /value is undefined/],
    [
      'an input of an unknown option',
      () => input(from({ shape: [1], dtype: 'int32' })),
      /input\(\): unknown option 'dtype'. Known: shape, batchShape, name/,
    ],
    ['an input without shape', () => input(from({})), /input\(\): shape is missing/],
    [
      'an input of an unknown size',
      () => input(from({ shape: [null, 3] })),
      /input\(\): shape is \[null,3\]/,
    ],
    [
      'an input of a fixed batch',
      () => input({ batchShape: [2, 3] }),
      /batchShape is \[2,3\]; expected null first/,
    ],
    [
      'bounds the wrong way',
      () => initializers.randomUniform({ minval: 1, maxval: 0 }),
      /minval 1 is above maxval 0/,
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(coded('ERR_OPTION'));
    expect(make).toThrow(message);
  });
});

describe('shapes', () => {
  const stack = (inputShape: number[], ...list: Layer[]) =>
    sequential({ layers: [layers.inputLayer({ inputShape }), ...list] });

  it.each<[string, () => unknown, string]>([
    [
      'a convolution after flatten',
      () => stack([6, 6, 256], layers.flatten(), layers.conv2d({ ...conv, name: 'conv2' })),
      "conv2d 'conv2': expected input of rank 4 [N,H,W,C], got [null,9216]; put it before " +
        'flatten(), or reshape the input',
    ],
    [
      'a kernel larger than the image',
      () => stack([4, 9, 1], layers.conv2d({ filters: 1, kernelSize: 5, name: 'c' })),
      "conv2d 'c': a window of 5x5 (kernelSize) does not fit into [null,4,9,1] with padding " +
        "'valid'; make it smaller, pad with 'same', or leave out a pooling or stride before it",
    ],
    [
      'channels that groups do not divide',
      () => stack([8, 8, 3], layers.conv2d({ ...conv, groups: 2, name: 'c' })),
      "conv2d 'c': expected input channels that are a multiple of groups 2, got [null,8,8,3]; " +
        'change groups or the filters of the layer before',
    ],
    [
      'a target shape of another size',
      () => stack([4, 4], layers.reshape({ targetShape: [5, -1], name: 'r' })),
      "reshape 'r': the 16 elements of a sample of [null,4,4] do not fill targetShape [5,-1]",
    ],
    [
      'an unnamed layer, by the name it will have',
      () => stack([8], layers.dense({ units: 2 }), layers.maxPooling2d()),
      "maxPooling2d 'max_pooling2d': expected input of rank 4 [N,H,W,C], got [null,2]; put it " +
        'before flatten(), or reshape the input',
    ],
    [
      'sums of two shapes',
      () => layers.add().apply([input({ shape: [2] }), input({ shape: [3] })]),
      'add: expected inputs of one shape, got [null,2] and [null,3]; a conv2d with kernelSize 1 ' +
        'changes the number of channels',
    ],
    [
      'a sum of one',
      () => layers.add().apply(input({ shape: [2] })),
      'add: expected at least 2 inputs, got 1',
    ],
    [
      'two inputs where one goes in',
      () => layers.flatten().apply([input({ shape: [2] }), input({ shape: [2] })]),
      'flatten: expected 1 input, got 2',
    ],
    [
      'joined images of two heights',
      () => layers.concatenate().apply([input({ shape: [2, 3, 1] }), input({ shape: [3, 3, 1] })]),
      'concatenate: expected inputs that agree on every axis but 3, got [null,2,3,1] and ' +
        '[null,3,3,1]',
    ],
    [
      'an axis that is not there',
      () => layers.concatenate({ axis: 4 }).apply([input({ shape: [2] }), input({ shape: [2] })]),
      'concatenate: axis 4 is not an axis after the batch of [null,2]',
    ],
    [
      'a softmax over another axis',
      () => layers.softmax({ axis: 1 }).apply(input({ shape: [2, 3] })),
      'softmax: expected axis -1, the last one of an input of rank 2 or more; got axis 1 of ' +
        '[null,2,3]',
    ],
    [
      'a shared layer with other channels',
      () => {
        const shared = layers.dense({ units: 2, name: 'd' });
        shared.apply(input({ shape: [3] }));
        shared.apply(input({ shape: [4] }));
      },
      "dense 'd': input [null,4] needs kernel [4,2], but its first use made it [3,2]; use a " +
        'layer of its own here',
    ],
    [
      'a layer that was not used',
      () => layers.dense({ units: 2, name: 'd' }).countParams(),
      "dense 'd': not used yet, so the shapes of its weights are not known",
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(coded('ERR_SHAPE', message));
  });

  it('are computed with the batch axis', () => {
    const layer = layers.conv2d({ filters: 7, kernelSize: 3, strides: 2, padding: 'same' });
    expect(layer.computeOutputShape([null, 9, 8, 2])).toEqual([null, 5, 4, 7]);
    const joined = layers.concatenate({ axis: 1 }).computeOutputShape([
      [null, 2, 3],
      [null, 4, 3],
    ]);
    expect(joined).toEqual([null, 6, 3]);
    expect(layers.reshape({ targetShape: [2, -1] }).computeOutputShape([null, 4, 3])).toEqual([
      null,
      2,
      6,
    ]);
    expect(layers.globalAveragePooling2d().computeOutputShape([null, 4, 3, 5])).toEqual([null, 5]);
    expect(layers.dense({ units: 2 }).computeOutputShape([null, 4, 3])).toEqual([null, 4, 2]);
  });

  it('of values are refused: they go to predict()', () => {
    const apply = () => layers.flatten().apply([1, 2] as never);
    expect(apply).toThrow(/values go to model.predict/);
  });
});
