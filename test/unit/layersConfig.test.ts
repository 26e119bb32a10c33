/** A layer made of another's getConfig() is equal to it. */
import { input, layers, regularizers, initializers } from '../../lib/index.js';
import type { Layer, SymbolicTensor } from '../../lib/index.js';
import { layerFromConfig } from '../../lib/layers/registry.js';

const image = () => input({ shape: [8, 9, 4] });

// Every option away from its default.
const cases: [Layer, (() => SymbolicTensor)[]][] = [
  [
    layers.conv2d({
      name: 'c',
      filters: 6,
      kernelSize: [3, 2],
      strides: [2, 1],
      padding: [
        [1, 0],
        [2, 1],
      ],
      dilationRate: [1, 2],
      groups: 2,
      activation: 'tanh',
      useBias: false,
      kernelInitializer: 'heNormal',
      biasInitializer: initializers.constant({ value: 2 }),
      kernelRegularizer: regularizers.l2({ l2: 0.5 }),
      biasRegularizer: 'l1',
      trainable: false,
    }),
    [image],
  ],
  [layers.maxPooling2d({ poolSize: [3, 2], strides: [1, 2], padding: 'same' }), [image]],
  [layers.averagePooling2d({ poolSize: 3, strides: 2 }), [image]],
  [layers.globalAveragePooling2d({ name: 'g' }), [image]],
  [layers.localResponseNormalization({ depthRadius: 2, bias: 2, alpha: 0.1, beta: 0.75 }), [image]],
  [
    layers.batchNormalization({
      momentum: 0.9,
      epsilon: 0.1,
      center: true,
      scale: false,
      betaInitializer: 'ones',
      gammaInitializer: 'zeros',
      movingMeanInitializer: initializers.randomNormal({ mean: 1, stddev: 2 }),
      movingVarianceInitializer: initializers.varianceScaling({
        scale: 3,
        mode: 'fanOut',
        distribution: 'uniform',
      }),
      betaRegularizer: regularizers.l1l2({ l1: 0.1, l2: 0.2 }),
      gammaRegularizer: regularizers.l1({ l1: 0.3 }),
    }),
    [image],
  ],
  [
    layers.dense({
      units: 3,
      activation: 'softmax',
      kernelInitializer: initializers.randomUniform({ minval: -1, maxval: 2 }),
      biasInitializer: initializers.truncatedNormal({ mean: 1, stddev: 0.5 }),
    }),
    [image],
  ],
  [layers.flatten(), [image]],
  [layers.reshape({ targetShape: [-1, 4] }), [image]],
  [layers.permute({ dims: [3, 1, 2] }), [image]],
  [layers.upSampling2d({ size: [2, 3], interpolation: 'nearest' }), [image]],
  [layers.dropout({ rate: 0.3, seed: 7 }), [image]],
  [layers.activation({ activation: 'softplus' }), [image]],
  [layers.reLU(), [image]],
  [layers.leakyReLU({ alpha: 0.1 }), [image]],
  [layers.elu({ alpha: 2 }), [image]],
  [layers.softmax({ axis: 3 }), [image]],
  [layers.add(), [image, image]],
  [layers.concatenate({ axis: 2 }), [image, image]],
  [layers.rescaling({ scale: 2, offset: -1 }), [image]],
  [layers.inputLayer({ inputShape: [3, 4], name: 'i' }), []],
];

describe('getConfig', () => {
  it.each(cases.map(([layer, inputs]) => [layer.className, layer, inputs] as const))(
    'of %s makes an equal layer',
    (className, layer, inputs) => {
      const text = JSON.stringify(layer.getConfig());
      const copy = layerFromConfig(className, JSON.parse(text) as Record<string, unknown>);
      expect(JSON.stringify(copy.getConfig())).toBe(text);
      expect(copy.constructor).toBe(layer.constructor);
      if (inputs.length === 0) return;
      const outputs = [layer, copy].map((each) => each.apply(inputs.map((make) => make())));
      expect(outputs[1]?.shape).toEqual(outputs[0]?.shape);
      const specs = [layer, copy].map(({ weights }) =>
        weights.map(({ initializer, ...weight }) => ({
          ...weight,
          spec: initializer.toSpec(weight.shape),
        })),
      );
      expect(specs[1]).toEqual(specs[0]);
    },
  );

  it('covers every layer', () => {
    const covered = new Set(cases.map(([layer]) => layer.kind));
    expect(Object.keys(layers).filter((kind) => !covered.has(kind))).toEqual([]);
  });

  it('of an unknown class says so', () => {
    expect(() => layerFromConfig('Conv2d', {})).toThrow(/did you mean 'Conv2D'/);
  });
});
