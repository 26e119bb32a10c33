import * as cudnn from 'node-cudnn';
import type { RightCall, RightCalls } from './rightCall.js';

const common = { name: 'layer', trainable: true };
const images = { ...common, inputShape: [4, 4, 2] };
const window = { strides: [1, 1], padding: 'same', dataFormat: 'channelsLast' };
const initializer = { className: 'Constant', config: { value: 0.5 } };
const kernel = {
  activation: 'relu',
  useBias: true,
  kernelInitializer: 'heNormal',
  biasInitializer: initializer,
  kernelRegularizer: 'l2',
  biasRegularizer: { className: 'L1L2', config: { l1: 0, l2: 0.1 } },
};
const normalization = {
  axis: -1,
  momentum: 0.9,
  epsilon: 0.01,
  center: true,
  scale: true,
  betaInitializer: 'zeros',
  gammaInitializer: initializer,
  movingMeanInitializer: 'zeros',
  movingVarianceInitializer: 'ones',
  betaRegularizer: 'l1',
  gammaRegularizer: 'l2',
};

/** Predicts with a model of the layer on its own inputShape. */
async function usedAlone(layer: unknown): Promise<void> {
  const first = layer as cudnn.Layer;
  const model = cudnn.sequential({ backend: 'cpu', layers: [first] });
  try {
    await model.predict(cudnn.zeros([1, ...(first.givenInputShape ?? [])]));
  } finally {
    await model.dispose();
  }
}

function usedOnTwo(layer: unknown): void {
  const inputs = [cudnn.input({ shape: [3] }), cudnn.input({ shape: [3] })];
  cudnn.model({ backend: 'cpu', inputs, outputs: (layer as cudnn.Layer).apply(inputs) });
}

function layer(options: object): RightCall {
  return { args: () => [{ ...images, ...options }], use: usedAlone };
}

function merging(options: object): RightCall {
  return { args: () => [{ ...common, ...options }], use: usedOnTwo };
}

/** Every function of `layers`. */
export const layerCalls: RightCalls = {
  'layers.activation': layer({ activation: 'relu' }),
  'layers.add': merging({}),
  'layers.averagePooling2d': layer({ ...window, poolSize: [2, 2] }),
  'layers.batchNormalization': layer(normalization),
  'layers.concatenate': merging({ axis: 1 }),
  'layers.conv2d': layer({
    ...window,
    ...kernel,
    filters: 2,
    kernelSize: [3, 3],
    dilationRate: [1, 1],
    groups: 1,
  }),
  'layers.dense': layer({ ...kernel, units: 2 }),
  'layers.dropout': layer({ rate: 0.5, seed: 3 }),
  'layers.elu': layer({ alpha: 1 }),
  'layers.flatten': layer({ dataFormat: 'channelsLast' }),
  'layers.globalAveragePooling2d': layer({ dataFormat: 'channelsLast' }),
  'layers.inputLayer': { args: () => [images] },
  'layers.leakyReLU': layer({ alpha: 0.1 }),
  'layers.localResponseNormalization': layer({ depthRadius: 2, bias: 1, alpha: 1, beta: 0.5 }),
  'layers.maxPooling2d': layer({
    ...window,
    poolSize: [2, 2],
    padding: [
      [0, 1],
      [1, 0],
    ],
  }),
  'layers.permute': layer({ dims: [2, 1, 3] }),
  'layers.reLU': layer({}),
  'layers.rescaling': layer({ scale: 0.5, offset: 1 }),
  'layers.reshape': layer({ targetShape: [8, 4] }),
  'layers.softmax': layer({ axis: -1 }),
  'layers.upSampling2d': layer({ size: [2, 2], dataFormat: 'channelsLast' }),
};
