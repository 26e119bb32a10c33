import { join } from 'node:path';
import * as cudnn from 'node-cudnn';
import { writeIdxFiles } from './idxFiles.js';
import { fitTiny } from './tinyModel.js';
import type { CallContext, RightCall, RightCalls } from './rightCall.js';

const none: RightCall = {};
const monitor = { monitor: 'loss', mode: 'min', minDelta: 0.1 };
const update = { weightDecay: 0.1, weightDecayMode: 'l2', clipNorm: 1 };
const stopping = { ...monitor, patience: 1, baseline: 0.1, startFromEpoch: 0, verbose: 0 };
const plateau = { ...monitor, factor: 0.5, patience: 1, cooldown: 1, minLearningRate: 0.001 };
const log = (logs: unknown): unknown => logs;

const tensor = (): cudnn.Tensor => cudnn.tensor2d([[1, 2, 3]]);
const images = (): cudnn.Tensor => cudnn.zeros([2, 3, 3, 1]);
const inFit = (callback: unknown): Promise<unknown> =>
  fitTiny({ callbacks: [callback], verbose: 0 });
const compiledWith = (optimizer: unknown): Promise<unknown> =>
  fitTiny({ verbose: 0 }, { optimizer });

function drawn(kernelInitializer: unknown): void {
  cudnn.layers.dense({ units: 2, kernelInitializer: kernelInitializer as cudnn.Initializer });
}

const checkpoint = ({ folder }: CallContext): object => ({
  ...{ monitor: 'loss', mode: 'min', saveBestOnly: true, saveWeightsOnly: true },
  ...{ saveFreq: 'epoch', initialValueThreshold: 100, verbose: 0 },
  filepath: join(folder, '{epoch:02d}.safetensors'),
});

const stoppingCall: RightCall = {
  args: () => [{ ...stopping, restoreBestWeights: true }],
  use: inFit,
};
const checkpointCall: RightCall = { args: (context) => [checkpoint(context)], use: inFit };
const csvCall: RightCall = {
  args: ({ folder }) => [join(folder, 'log.csv'), { separator: ';', append: false }],
  use: inFit,
};
const hooksCall: RightCall = {
  args: () => [
    {
      ...{ onTrainBegin: log, onTrainEnd: log, onEpochBegin: log },
      ...{ onEpochEnd: log, onBatchBegin: log, onBatchEnd: log },
    },
  ],
  use: inFit,
};
const scheduleCall: RightCall = { args: () => [() => 0.1], use: inFit };
const plateauCall: RightCall = { args: () => [plateau], use: inFit };

const callbackCalls: RightCalls = {
  'callbacks.csvLogger': csvCall,
  'callbacks.customCallback': hooksCall,
  'callbacks.earlyStopping': stoppingCall,
  'callbacks.learningRateScheduler': scheduleCall,
  'callbacks.modelCheckpoint': checkpointCall,
  'callbacks.reduceLROnPlateau': plateauCall,
  'callbacks.terminateOnNaN': none,
  'new Callback': none,
  'new EarlyStopping': stoppingCall,
  'new History': none,
  'new ModelCheckpoint': checkpointCall,
  'new callbacks.CSVLogger': csvCall,
  'new callbacks.Callback': none,
  'new callbacks.EarlyStopping': stoppingCall,
  'new callbacks.History': none,
  'new callbacks.LambdaCallback': hooksCall,
  'new callbacks.LearningRateScheduler': scheduleCall,
  'new callbacks.ModelCheckpoint': checkpointCall,
  'new callbacks.ProgbarLogger': { args: () => [process.stderr], use: inFit },
  'new callbacks.ReduceLROnPlateau': plateauCall,
  'new callbacks.TerminateOnNaN': none,
};

const initializerCalls: RightCalls = {
  'initializers.constant': { args: () => [{ value: 1 }], use: drawn },
  'initializers.glorotNormal': none,
  'initializers.glorotUniform': none,
  'initializers.heNormal': none,
  'initializers.heUniform': none,
  'initializers.leCunNormal': none,
  'initializers.leCunUniform': none,
  'initializers.ones': none,
  'initializers.randomNormal': { args: () => [{ mean: 0, stddev: 1 }], use: drawn },
  'initializers.randomUniform': { args: () => [{ minval: -1, maxval: 1 }], use: drawn },
  'initializers.truncatedNormal': { args: () => [{ mean: 0, stddev: 1 }], use: drawn },
  'initializers.varianceScaling': {
    args: () => [{ scale: 1, mode: 'fanIn', distribution: 'normal' }],
    use: drawn,
  },
  'initializers.zeros': none,
  'new Initializer': none,
};

const optimizerCalls: RightCalls = {
  'Optimizer#learningRate=': { on: () => cudnn.train.sgd(), args: () => [0.1] },
  'train.adam': {
    args: () => [{ learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-7, ...update }],
    use: compiledWith,
  },
  'train.adamw': {
    args: () => [{ learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-7, ...update }],
    use: compiledWith,
  },
  'train.momentum': { args: () => [0.1, 0.9, true], use: compiledWith },
  'train.sgd': {
    args: () => [{ learningRate: 0.1, momentum: 0.9, nesterov: true, ...update }],
    use: compiledWith,
  },
};

const crossentropy: RightCall = { args: () => [{ fromLogits: true }] };
const lossCalls: RightCalls = {
  'L1L2#getConfig': { on: () => new cudnn.L1L2() },
  'Loss#getConfig': { on: () => cudnn.losses.meanSquaredError() },
  'Metric#getConfig': { on: () => cudnn.metrics.binaryAccuracy() },
  'losses.binaryCrossentropy': crossentropy,
  'losses.categoricalCrossentropy': crossentropy,
  'losses.meanAbsoluteError': none,
  'losses.meanSquaredError': none,
  'losses.sparseCategoricalCrossentropy': crossentropy,
  'metrics.binaryAccuracy': { args: () => [{ threshold: 0.5, name: 'right' }] },
  'metrics.topKCategoricalAccuracy': { args: () => [{ k: 2, name: 'top' }] },
  'new L1L2': { args: () => [{ l1: 0.1, l2: 0.1 }] },
  'new Loss': { args: () => ['binaryCrossentropy', { fromLogits: true }] },
  'new Metric': { args: () => ['binaryAccuracy', 'right', { threshold: 0.5 }] },
  'regularizers.l1': { args: () => [{ l1: 0.1 }] },
  'regularizers.l1l2': { args: () => [{ l1: 0.1, l2: 0.1 }] },
  'regularizers.l2': { args: () => [{ l2: 0.1 }] },
};

const nested = (values: unknown, shape: readonly number[]): RightCall => ({
  args: () => [values, shape, 'float32'],
});
const tensorCalls: RightCalls = {
  'Tensor#argMax': { on: tensor, args: () => [1] },
  'Tensor#array': { on: tensor },
  'Tensor#arraySync': { on: tensor },
  'Tensor#data': { on: tensor },
  'Tensor#dataSync': { on: tensor },
  'Tensor#dispose': { on: tensor },
  'Tensor#print': { on: () => cudnn.tensor([]) },
  'Tensor#reshape': { on: tensor, args: () => [[3, -1]] },
  'Tensor#slice': { on: tensor, args: () => [0, 1] },
  'Tensor#toString': { on: tensor },
  'new Tensor': { args: () => [new Float32Array(6), [2, 3], 'float32'] },
  oneHot: { args: () => [[0, 1], 3] },
  ones: { args: () => [[2, 3], 'int32'] },
  tensor: nested([[1, 2]], [2, 1]),
  tensor1d: { args: () => [[1, 2], 'int32'] },
  tensor2d: nested([[1, 2]], [2, 1]),
  tensor3d: nested([[[1, 2]]], [2, 1, 1]),
  tensor4d: nested([[[[1, 2]]]], [2, 1, 1, 1]),
  zeros: { args: () => [[2, 3], 'bool'] },
};

async function taken(dataset: unknown): Promise<void> {
  const batches = (dataset as (epoch: number) => AsyncIterator<unknown>)(0);
  while ((await batches.next()).done !== true);
}

const rows = (): object => ({ x: cudnn.zeros([4, 3]), y: cudnn.zeros([4, 2]) });
const dataCalls: RightCalls = {
  'data.batches': {
    open: ['0'],
    args: () => [rows(), 2, { shuffle: true, seed: 1, map: log }],
    use: taken,
  },
  'data.fashionMnist': {
    args: async ({ folder }) => {
      await writeIdxFiles(folder);
      return [{ path: folder }];
    },
  },
  'data.padImages': { args: () => [images(), 4, 5] },
  'data.readIdx': {
    args: async ({ folder }) => {
      await writeIdxFiles(folder);
      return [join(folder, 'train-labels-idx1-ubyte'), { maxBytes: 100 }];
    },
  },
  'data.repeatChannels': { args: () => [images(), 3] },
  'data.resizeWithPad': { args: () => [images(), 4, 5, { scale: 0.5 }] },
};

/** What is no layer and no model. */
export const valueCalls: RightCalls = {
  ...callbackCalls,
  ...initializerCalls,
  ...optimizerCalls,
  ...lossCalls,
  ...tensorCalls,
  ...dataCalls,
  interruptSignal: {
    use: (result) => {
      (result as cudnn.InterruptSignal).release();
    },
  },
  listDevices: none,
  setLogger: {
    args: () => [log],
    use: () => {
      cudnn.setLogger();
    },
  },
};
