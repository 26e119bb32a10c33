import { join } from 'node:path';
import * as cudnn from 'node-cudnn';
import { tinyModel } from './tinyModel.js';
import type { CallContext, RightCall, RightCalls } from './rightCall.js';

function model({ later }: CallContext): cudnn.Sequential {
  const made = tinyModel();
  later(() => made.dispose());
  return made;
}

class Doubling extends cudnn.Model {
  constructor() {
    super({ backend: 'cpu' });
  }

  override call(x: cudnn.SymbolicTensor): cudnn.SymbolicTensor {
    return cudnn.layers.rescaling({ scale: 2 }).apply(x);
  }
}

const x = (): cudnn.Tensor => cudnn.ones([4, 3]);
const y = (): cudnn.Tensor => cudnn.zeros([4, 2]);
const weights = (): Float32Array => new Float32Array(4).fill(1);
const dataset = (): object[] => [{ xs: x(), ys: y(), sampleWeight: weights() }];
const { signal } = new AbortController();

const training = {
  ...{ epochs: 1, initialEpoch: 0, verbose: 0, validationFreq: 1, validationBatchSize: 2, signal },
  callbacks: [{ onEpochEnd: (): number => 1 }],
};

async function savedTo({ folder }: CallContext): Promise<string> {
  const path = join(folder, 'model.safetensors');
  const made = tinyModel();
  await made.save(path);
  await made.dispose();
  return path;
}

async function freed(made: unknown): Promise<void> {
  await (made as cudnn.LayersModel).dispose();
}

async function predicted(made: unknown): Promise<void> {
  const one = made as cudnn.LayersModel;
  try {
    const [input] = one.inputSlots;
    await one.predict(cudnn.zeros([1, ...(input?.shape ?? [])]));
  } finally {
    await one.dispose();
  }
}

const structureCalls: RightCalls = {
  'Layer#apply': {
    on: () => cudnn.layers.dense({ units: 2 }),
    args: () => [cudnn.input({ shape: [3] })],
  },
  'Layer#computeOutputShape': {
    on: () => cudnn.layers.dense({ units: 2 }),
    args: () => [[null, 3]],
  },
  'Layer#countParams': { on: (context) => model(context).getLayer(0) },
  'Layer#getConfig': { on: () => cudnn.layers.flatten() },
  'Layer#trainable=': { on: () => cudnn.layers.flatten(), args: () => [false] },
  'Layer#giveName': { on: () => cudnn.layers.flatten(), args: () => ['flat'] },
  'Layer#getWeights': { on: (context) => model(context).getLayer(0) },
  'Layer#setWeights': {
    on: (context) => model(context).getLayer('dense'),
    args: () => [[cudnn.zeros([3, 2]), cudnn.zeros([2])]],
  },
  'Model#build': {
    on: ({ later }) => {
      const made = new Doubling();
      later(() => made.dispose());
      return made;
    },
    args: () => [[null, 3]],
  },
  'ModelStructure#getLayer': { on: model, args: () => ['dense'] },
  'ModelStructure#summary': { on: model, args: () => [80, [0.5, 0.8, 1], (): number => 1] },
  'ModelStructure#summaryData': { on: model },
  'ModelLayer#trainable=': { on: model, args: () => [false] },
  'ModelLayer#toJSON': { on: model },
  'Sequential#add': {
    on: ({ later }) => {
      const made = cudnn.sequential({
        backend: 'cpu',
        layers: [cudnn.layers.flatten({ inputShape: [3] })],
      });
      later(() => made.dispose());
      return made;
    },
    args: () => [cudnn.layers.dense({ units: 2 })],
  },
};

const backend = { backend: 'cpu', precision: 'float32', cudaLibraries: ['/nowhere'] };
const named = { ...backend, name: 'net', seed: 1 };
const small = { inputShape: [67, 67, 3], classes: 3, dropout: 0.5 };

const makingCalls: RightCalls = {
  alexnet: {
    args: () => [
      {
        ...named,
        ...small,
        ...{ variant: 'caffe', groups: 1, lrnOrder: 'afterPool', lastActivation: 'softmax' },
        lrn: { depthRadius: 2, bias: 1, alpha: 1, beta: 0.5 },
        kernelInitializer: 'zeros',
        biasInitializer: 'zeros',
      },
    ],
    use: freed,
  },
  alexnet8: {
    args: () => [{ ...named, ...small, normalizationMomentum: 0.9, inputScale: 0.5 }],
    use: freed,
  },
  input: { args: () => [{ shape: [3], name: 'in' }] },
  loadLayersModel: { args: async (context) => [await savedTo(context), backend], use: predicted },
  model: {
    args: () => {
      const inputs = [cudnn.input({ shape: [3] })];
      return [{ ...named, inputs, outputs: inputs.map((one) => cudnn.layers.reLU().apply(one)) }];
    },
    use: predicted,
  },
  modelFromJSON: {
    args: () => [tinyModel().toJSON(), backend],
    use: predicted,
    // Files of later versions may say more.
    anything: ['0'],
  },
  'new Sequential': {
    args: () => [{ ...named, layers: [cudnn.layers.dense({ units: 2, inputShape: [3] })] }],
    use: predicted,
  },
  // Made by apply() alone.
  'new SymbolicTensor': {
    args: () => [cudnn.layers.reLU(), 0, [], [3]],
    anything: [''],
  },
  readSafetensors: { args: async (context) => [await savedTo(context)] },
  registerLayer: {
    args: () => ['Attack', (): cudnn.Layer => cudnn.layers.flatten()],
  },
  sequential: {
    args: () => [{ ...named, layers: [cudnn.layers.dense({ units: 2, inputShape: [3] })] }],
    use: predicted,
  },
  writeSafetensors: {
    args: ({ folder }) => [
      join(folder, 'tensors.safetensors'),
      new Map([['a', x()]]),
      { author: 'me' },
    ],
  },
};

const methodCalls: RightCalls = {
  'NativeModel#alongside': {
    on: model,
    args: () => ['work', 'outputs', (): Promise<number> => Promise.resolve(1)],
  },
  'NativeModel#betweenSteps': {
    on: model,
    args: () => [(): Promise<number> => Promise.resolve(1)],
  },
  'LayersModel#compile': {
    on: model,
    args: () => [
      {
        ...{ optimizer: 'adam', loss: { dense: 'mse' }, lossWeights: { dense: 1 } },
        ...{ metrics: ['mae'], weightedMetrics: { dense: ['mse'] } },
      },
    ],
  },
  'NativeModel#dispose': { on: model },
  'LayersModel#evaluate': {
    on: model,
    args: () => [x(), y(), { batchSize: 2, verbose: 0, sampleWeight: weights(), signal }],
  },
  'LayersModel#evaluateDataset': {
    on: model,
    args: () => [dataset(), { batches: 1, verbose: 0, signal }],
    endless: ['1.batches'],
  },
  'NativeModel#exclusively': {
    on: model,
    args: () => ['work', (): Promise<number> => Promise.resolve(1)],
  },
  'NativeModel#explain': { on: model, args: () => ['predict', 2] },
  'LayersModel#fit': {
    on: model,
    args: () => [
      x(),
      y(),
      {
        ...training,
        ...{ batchSize: 2, shuffle: false, sampleWeight: weights(), stepsPerEpoch: 1 },
        validationData: [x(), y(), weights()],
      },
    ],
    endless: ['2.epochs', '2.stepsPerEpoch'],
  },
  'LayersModel#fitDataset': {
    on: model,
    args: () => [
      dataset(),
      { ...training, batchesPerEpoch: 1, validationBatches: 1, validationData: dataset() },
    ],
    endless: ['1.epochs', '1.batchesPerEpoch', '1.validationBatches'],
  },
  'NativeModel#getWeights': { on: model },
  'LayersModel#loadWeights': {
    on: model,
    args: async (context) => [await savedTo(context), { skipMismatch: true }],
  },
  'NativeModel#plan': { on: model, args: () => ['train', 2] },
  'LayersModel#predict': { on: model, args: () => [x(), { batchSize: 2, verbose: 0, signal }] },
  'LayersModel#predictor': {
    on: model,
    args: () => [{ maxBatch: 2, maxWait: 1, maxQueue: 4 }],
  },
  'LayersModel#predictOnBatch': { on: model, args: () => [x()] },
  'NativeModel#program': { on: model },
  'LayersModel#save': {
    on: model,
    args: ({ folder }) => [join(folder, 'model.safetensors'), { includeOptimizer: true }],
  },
  'LayersModel#saveWeights': { on: model, args: ({ folder }) => [join(folder, 'w.safetensors')] },
  'NativeModel#setWeights': {
    on: model,
    args: () => [[cudnn.zeros([3, 2]), cudnn.zeros([2])]],
  },
  'LayersModel#testOnBatch': { on: model, args: () => [x(), y(), { sampleWeight: weights() }] },
  'NativeModel#useProgram': { on: model, args: () => [(): Promise<number> => Promise.resolve(1)] },
  'LayersModel#trainOnBatch': { on: model, args: () => [x(), y(), { sampleWeight: weights() }] },
};

const errorCall: RightCall = {
  args: () => ['message', { place: 'conv2d', details: { epoch: 1 }, cause: new Error('cause') }],
  // An error is made whatever it is told.
  anything: [''],
};

/** Everything about models, and the errors. */
export const modelCalls: RightCalls = {
  ...structureCalls,
  ...makingCalls,
  ...methodCalls,
  ...Object.fromEntries(
    Object.keys(cudnn)
      .filter((name) => name.endsWith('Error') && name !== 'NodeCudnnError')
      .map((name) => [`new ${name}`, errorCall]),
  ),
  'new NodeCudnnError': { ...errorCall, args: () => ['ERR_DATA', 'message', { place: 'conv2d' }] },
};
