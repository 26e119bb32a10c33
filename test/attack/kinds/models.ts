import { join } from 'node:path';
import { loadLayersModel, NotFiniteError, Tensor, type LayersModel } from 'node-cudnn';
import type { Kind } from '../kind.js';
import { buildModel, modelText, type Built } from '../models/build.js';
import { randomSamples, type Samples } from '../models/data.js';
import { difference } from '../models/difference.js';
import {
  courseOf,
  largestOf,
  nudgedSamples,
  nudgedWeights,
  predicted,
  type Course,
} from '../models/trial.js';
import { Random } from '../random.js';

interface Draw {
  readonly weights: readonly Tensor[];
  readonly training: readonly Samples[];
  readonly test: Samples;
}

/** Fails unless two lists of tensors are equal bit for bit. */
function requireEqualBits(what: string, a: readonly Tensor[], b: readonly Tensor[]): void {
  a.forEach(({ values }, i) => {
    values.forEach((value: number, j: number) => {
      const other = b[i]?.values[j] ?? NaN;
      if (Object.is(value, other)) return;
      throw new Error(`${what}: value ${j} of tensor ${i} is ${other}, it was ${value}`);
    });
  });
}

/** Weights off their first values, so that no bias is 0 and no variance 1. */
async function randomWeights(random: Random, model: LayersModel): Promise<Tensor[]> {
  const first = await model.getWeights();
  return first.map(({ values, shape }) => {
    const moved = Float32Array.from(values, (value) => value + random.real(0, 0.2));
    return new Tensor(moved, shape, 'float32');
  });
}

async function randomDraw(random: Random, { model, heads }: Built): Promise<Draw> {
  const count = random.int(1, 8);
  const steps = random.int(1, 3);
  const training = Array.from({ length: steps }, () => randomSamples(random, model, heads, count));
  const weights = await randomWeights(random, model);
  return { weights, training, test: randomSamples(random, model, heads, random.int(1, 9)) };
}

function nudge(random: Random, { weights, training, test }: Draw): Draw {
  return {
    weights: nudgedWeights(random, weights),
    training: training.map((each) => nudgedSamples(random, each)),
    test: nudgedSamples(random, test),
  };
}

/** As rounding in float32 may change it: what goes in, and what each op gives. */
async function roundedCourse(seed: number, random: Random, draw: Draw) {
  process.env.NODE_CUDNN_REFERENCE_ROUNDING = String(random.int(1, 2 ** 31));
  try {
    return await finiteCourse(seed, 'reference', nudge(random, draw));
  } finally {
    delete process.env.NODE_CUDNN_REFERENCE_ROUNDING;
  }
}

async function courseOn(seed: number, backend: string, draw: Draw): Promise<Course> {
  const { model } = buildModel(seed, backend);
  try {
    return await courseOf(model, draw.weights, draw.training, draw.test);
  } finally {
    await model.dispose();
  }
}

/** Squares of larger numbers are beyond float32, which the reference goes on without. */
const largestSquared = 1e18;

/** Undefined where the numbers grow beyond all bounds: then there is nothing to compare. */
async function finiteCourse(seed: number, backend: string, draw: Draw) {
  try {
    const course = await courseOn(seed, backend, draw);
    const largest = Math.max(...[...course.values()].map(({ values }) => largestOf(values)));
    return largest < largestSquared ? course : undefined;
  } catch (error) {
    if (error instanceof NotFiniteError) return undefined;
    throw error;
  }
}

async function drawnDifference(seed: number, random: Random, draw: Draw) {
  const exact = await finiteCourse(seed, 'reference', draw);
  const rounded = [
    await roundedCourse(seed, random, draw),
    await roundedCourse(seed, random, draw),
  ].filter((course) => course !== undefined);
  if (exact === undefined || rounded.length < 2) return undefined;
  return difference(await courseOn(seed, 'cpu', draw), exact, rounded);
}

/** A file gives the model back: it goes on training bit for bit as the saved one, and predicts. */
async function throughFile(seed: number, draw: Draw, folder: string): Promise<void> {
  const { model } = buildModel(seed, 'cpu');
  const file = join(folder, 'model.safetensors');
  const [first] = draw.training;
  if (first === undefined) return;
  try {
    await model.setWeights(draw.weights);
    await model.trainOnBatch(first.x, first.y);
    await model.save(file);
    const loaded = await loadLayersModel(file, { backend: 'cpu' });
    for (const each of [model, loaded]) await each.trainOnBatch(first.x, first.y);
    requireEqualBits('loaded model', await model.getWeights(), await loaded.getWeights());
    const outputs = [await loaded.predict(draw.test.x), await model.predict(draw.test.x)] as const;
    const [again, saved] = outputs.map(predicted);
    // Plans of other batch sizes may have left the weights in another layout.
    await loaded.dispose();
    const message = again && saved && difference(again, saved, [saved]);
    if (message !== undefined) throw new Error(`loaded model: ${message}`);
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
  } finally {
    await model.dispose();
  }
}

async function attack(seed: number, folder: string): Promise<void> {
  const random = new Random(seed);
  const built = buildModel(seed, 'cpu');
  const reference = buildModel(seed, 'reference');
  const first = [await reference.model.getWeights(), await built.model.getWeights()] as const;
  requireEqualBits('first weights', ...first);
  const draws: Draw[] = [];
  let message: string | undefined;
  // A value beside a kink of relu, or two that a pool takes for equal, is rare: other data have none.
  do {
    const draw = await randomDraw(random, built);
    draws.push(draw);
    message = await drawnDifference(seed, random, draw);
  } while (message !== undefined && draws.length < 3);
  await built.model.dispose();
  await reference.model.dispose();
  if (message !== undefined) throw new Error(message);
  const [draw] = draws;
  if (draw !== undefined) await throughFile(seed, draw, folder);
}

const instructionSets = ['ALL', 'AVX512_CORE', 'AVX2', 'AVX', 'SSE41'];

export const kind: Kind = {
  describe: 'random models on the CPU against the reference, and through files',
  share: 4,
  batch: 20,
  seconds: 120,
  environment: (batch) => {
    const random = new Random(batch);
    return {
      DNNL_MAX_CPU_ISA: random.chance(0.4) ? 'ALL' : random.pick(instructionSets),
      NODE_CUDNN_THREADS: String(random.int(1, 2)),
    };
  },
  run: async (seed, { folder }) => {
    // A crash says no more than what stands here.
    const set = process.env.DNNL_MAX_CPU_ISA ?? 'ALL';
    process.stderr.write(`${set}: ${modelText(buildModel(seed, 'cpu').model)}\n`);
    await attack(seed, folder);
  },
};
