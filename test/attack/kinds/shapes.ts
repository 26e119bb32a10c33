import {
  layers,
  sequential,
  tensor,
  zeros,
  type ErrorCode,
  type Layer,
  type LayersModel,
} from 'node-cudnn';
import { modestBytes, type Kind } from '../kind.js';
import { Random } from '../random.js';
import { requireTyped, typedOr } from '../verdict.js';

/** Sizes at which something ends: of axes, of arrays, of integers. */
const huge = [
  1000,
  65_536,
  2 ** 24,
  2 ** 30,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 32 + 1,
  2 ** 40,
  Number.MAX_SAFE_INTEGER,
] as const;
const wrong = [0, -1, 0.5, NaN, Infinity, 2 ** 53] as const;

/** Mostly a small size, so that the others are met one at a time. */
function size(random: Random): number {
  const kind = random.next();
  if (kind < 0.75) return random.pick([1, 1, 2, 3, 5]);
  return kind < 0.92 ? random.pick(huge) : random.pick(wrong);
}

function sizes(random: Random, rank: number): number[] {
  return Array.from({ length: rank }, () => size(random));
}

const both = (random: Random): [number, number] => [size(random), size(random)];

type Maker = (random: Random) => Layer;

/** Every layer with a size among its options. */
const makers: readonly Maker[] = [
  (random) =>
    layers.conv2d({
      filters: size(random),
      kernelSize: both(random),
      strides: both(random),
      padding: random.pick(['valid', 'same']),
    }),
  (random) =>
    layers.conv2d({
      filters: random.int(1, 4),
      kernelSize: random.int(1, 3),
      padding: [both(random), both(random)],
      dilationRate: both(random),
    }),
  (random) => layers.conv2d({ filters: 2, kernelSize: 1, groups: size(random) }),
  (random) => {
    const make = random.pick([layers.maxPooling2d, layers.averagePooling2d]);
    const padding = random.pick(['valid', 'same'] as const);
    return make({ poolSize: both(random), strides: both(random), padding });
  },
  (random) => layers.maxPooling2d({ poolSize: 2, padding: [both(random), both(random)] }),
  (random) => layers.upSampling2d({ size: both(random) }),
  (random) => layers.dense({ units: size(random) }),
  (random) => layers.localResponseNormalization({ depthRadius: size(random) }),
  (random) => layers.reshape({ targetShape: sizes(random, random.int(0, 5)) }),
  (random) => layers.permute({ dims: sizes(random, random.int(1, 4)) }),
  () => layers.globalAveragePooling2d(),
  () => layers.flatten(),
  () => layers.batchNormalization(),
  () => layers.softmax(),
];

function randomModel(random: Random, backend: string): LayersModel {
  const shape = sizes(random, random.pick([0, 1, 2, 3, 3, 3, 3, 4]));
  const list = Array.from({ length: random.int(1, 3) }, () => random.pick(makers)(random));
  const model = sequential({
    backend,
    layers: [layers.inputLayer({ inputShape: shape }), ...list],
  });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

const valuesOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Whether a model, also between its input and its output, is small. */
async function isCheap(model: LayersModel): Promise<boolean> {
  const slots = [...model.inputSlots, ...model.outputSlots];
  const values = slots.reduce((sum, { shape }) => sum + valuesOf(shape), model.countParams());
  if (values > 1e6) return false;
  const plan = await typedOr(() => model.plan('train', 2));
  return plan !== undefined && plan.arenaBytes <= modestBytes;
}

/** Computes where that is cheap; else plans. */
async function use(random: Random, model: LayersModel): Promise<void> {
  const [input = []] = model.inputSlots.map(({ shape }) => shape);
  const [output = []] = model.outputSlots.map(({ shape }) => shape);
  if (!(await isCheap(model))) {
    await typedOr(() => model.plan('train', random.pick([1, 32, ...huge, ...wrong])));
    return;
  }
  const rows = random.int(0, 2);
  const x = zeros([rows, ...input]);
  const y = zeros([rows, ...output]);
  const [predicted] = [await typedOr(() => model.predict(x))].flat();
  if (predicted !== undefined && String(predicted.shape) !== String([rows, ...output])) {
    throw new Error(`${rows} rows of [${String(output)}] came as [${String(predicted.shape)}]`);
  }
  await typedOr(() => model.fit(x, y, { verbose: 0, batchSize: size(random) }));
  await typedOr(() => model.evaluate(x, y, { batchSize: size(random) }));
}

async function tensors(random: Random): Promise<void> {
  const shape = sizes(random, random.int(0, 4));
  // Memory for as many values as the machine has would be taken in earnest.
  const moderate = valuesOf(shape) <= 1e6 || valuesOf(shape) > 2 ** 40 || !(valuesOf(shape) >= 0);
  if (moderate) await typedOr(() => zeros(shape));
  await typedOr(() => tensor(random.floats(random.int(0, 9)), shape));
  await typedOr(() => tensor([1, 2, 3, 4, 5, 6], [2, 3]).reshape(shape));
}

export const kind: Kind = {
  describe: 'boundary shapes: empty, one, windows as large as the input, huge',
  batch: 50,
  seconds: 30,
  async run(seed) {
    const random = new Random(seed);
    await tensors(random);
    const codes: ErrorCode[] = ['ERR_SHAPE', 'ERR_OPTION', 'ERR_OUT_OF_MEMORY', 'ERR_UNSUPPORTED'];
    let model: LayersModel;
    try {
      model = randomModel(random, random.pick(['cpu', 'reference']));
    } catch (error) {
      requireTyped(error, codes);
      return;
    }
    const shape = model.inputSlots.map(({ shape: each }) => String(each)).join(' ');
    process.stderr.write(`[${shape}] ${JSON.stringify(model.toJSON()).slice(0, 900)}\n`);
    try {
      await use(random, model);
    } finally {
      await model.dispose();
    }
  },
};
