import { Tensor, type LayersModel, type Logs } from 'node-cudnn';
import type { Random } from '../random.js';
import { nudged, type Samples } from './data.js';

/** Numbers that a model gave, and how much larger others of their kind are. */
export interface Measured {
  readonly values: ArrayLike<number>;
  /** The largest number among those that rounding mixes with these. */
  readonly scale: number;
  /** True where rounding alone may decide, as between two outputs that are equal. */
  readonly undecided?: boolean;
}

/** What a model did with given samples, by name. */
export type Course = Map<string, Measured>;

/** Below it float32 has fewer digits, and a library may take 0 instead. */
export const smallestNormal = 2 ** -126;

export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (const value of Array.from(values)) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** What predict() gave, by output. */
export function predicted(outputs: Tensor | readonly Tensor[]): Course {
  const list = outputs instanceof Tensor ? [outputs] : outputs;
  return new Map(
    list.map(({ values }, i) => [`output ${i}`, { values, scale: largestOf(values) }]),
  );
}

/**
 * A model's weights as rounding could have made them: each by itself, and all of an output together
 * as a sum of n products is rounded, by some sqrt(n) times as much.
 */
export function nudgedWeights(random: Random, weights: readonly Tensor[]): Tensor[] {
  return weights.map(({ values, shape }) => {
    const rounded = nudged(random, values as Float32Array);
    const outputs = shape.at(-1) ?? 1;
    const step = Math.sqrt(rounded.length / outputs) * 2 ** -24;
    const sums = Array.from({ length: outputs }, () => 1 + random.real(-step, step));
    const summed = rounded.map((value, i) => value * (sums[i % outputs] ?? 1));
    return new Tensor(summed, shape, 'float32');
  });
}

export function nudgedSamples(random: Random, samples: Samples): Samples {
  const x = samples.x.map((each) => (each instanceof Float32Array ? nudged(random, each) : each));
  return { ...samples, x };
}

/** Whether in some row the largest value is not clearly the largest: in float32 it may be another. */
function hasTies({ values, shape }: Tensor): boolean {
  const classes = shape.at(-1) ?? 1;
  for (let row = 0; classes > 1 && row < values.length; row += classes) {
    const [second, largest] = values
      .slice(row, row + classes)
      .sort()
      .slice(-2);
    if (
      second !== undefined &&
      largest !== undefined &&
      largest - second <= 1e-6 * Math.abs(largest) + smallestNormal
    ) {
      return true;
    }
  }
  return false;
}

function logsOf(logs: Logs, name: string, outputs: Tensor | readonly Tensor[]): Course {
  const tied = (outputs instanceof Tensor ? [outputs] : outputs).some(hasTies);
  return new Map(
    Object.entries(logs).map(([key, value]) => {
      const undecided = tied && /accuracy$/i.test(key);
      return [`${name} ${key}`, { values: [value], scale: 1, undecided }];
    }),
  );
}

function weighting({ sampleWeight }: Samples): { sampleWeight?: Float32Array } {
  return sampleWeight === undefined ? {} : { sampleWeight };
}

async function train(
  model: LayersModel,
  samples: Samples,
  name: string,
  course: Course,
): Promise<void> {
  const before = await model.getWeights();
  const outputs = await model.predict(samples.x, { training: true });
  const logs = await model.trainOnBatch(samples.x, samples.y, weighting(samples));
  for (const [key, value] of logsOf(logs, name, outputs)) course.set(key, value);
  const after = await model.getWeights();
  const changes = after.map(({ values }, i) =>
    Float64Array.from(values, (value, j) => value - (before[i]?.values[j] ?? NaN)),
  );
  const largest = Math.max(0, ...changes.map(largestOf));
  model.weights.forEach((weight, i) => {
    // A change is the difference of two rounded weights, and a sum of parts that may cancel.
    const scale = largestOf(before[i]?.values ?? []) + largest;
    course.set(`${name} change of ${weight.name}`, { values: changes[i] ?? [], scale });
  });
}

/** Trains on each of the samples, then evaluates and predicts. */
export async function courseOf(
  model: LayersModel,
  weights: readonly Tensor[],
  training: readonly Samples[],
  test: Samples,
): Promise<Course> {
  const course: Course = new Map();
  await model.setWeights(weights);
  for (const [step, samples] of training.entries()) {
    await train(model, samples, `step ${step}`, course);
  }
  const logs = await model.evaluate(test.x, test.y, { batchSize: 4, ...weighting(test) });
  const outputs = await model.predict(test.x, { batchSize: 5 });
  return new Map([...course, ...logsOf(logs, 'evaluated', outputs), ...predicted(outputs)]);
}
