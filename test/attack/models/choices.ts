import {
  initializers,
  regularizers,
  type ActivationName,
  type Initializer,
  type L1L2,
  type Padding,
} from 'node-cudnn';
import type { Random } from '../random.js';

/** Around the widths of vectors and the blocks of layouts, where kernels change. */
const channelCounts = [
  1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 31, 32, 33, 48, 63, 64, 65, 80,
] as const;

export function channels(random: Random): number {
  return random.pick(channelCounts);
}

const activations: Readonly<Record<ActivationName, true>> = {
  linear: true,
  relu: true,
  leakyRelu: true,
  elu: true,
  sigmoid: true,
  tanh: true,
  softplus: true,
  softmax: true,
};

export function activation(random: Random): ActivationName {
  return random.pick(Object.keys(activations) as ActivationName[]);
}

type InitializerName = keyof typeof initializers;

const initializerOptions: Readonly<Partial<Record<InitializerName, object>>> = {
  constant: { value: 0.03 },
  randomUniform: { minval: -0.2, maxval: 0.3 },
  randomNormal: { mean: 0.01, stddev: 0.2 },
  truncatedNormal: { mean: -0.01, stddev: 0.2 },
  varianceScaling: { scale: 1.5, mode: 'fanAvg', distribution: 'uniform' },
};

/** Any initializer; mostly one that sets neurons apart. */
export function initializer(random: Random): Initializer {
  const names = Object.keys(initializers) as InitializerName[];
  const name = random.chance(0.5) ? 'glorotUniform' : random.pick(names);
  const make = initializers[name] as (options?: object) => Initializer;
  return make(initializerOptions[name]);
}

/** A regularizer, now and then. */
export function regularizer(random: Random): L1L2 | null {
  if (random.chance(0.8)) return null;
  const { l1, l2, l1l2 } = regularizers;
  return random.pick([l1({ l1: 0.01 }), l2({ l2: 0.02 }), l1l2({ l1: 0.005, l2: 0.01 })]);
}

/** One number for both axes, or two. */
export function pair(random: Random, low: number, high: number): number | [number, number] {
  const first = random.int(low, high);
  return random.chance(0.6) ? first : [first, random.int(low, high)];
}

export function padding(random: Random): Padding {
  if (random.chance(0.3)) return 'valid';
  if (random.chance(0.7)) return 'same';
  const side = (): [number, number] => [random.int(0, 2), random.int(0, 2)];
  return [side(), side()];
}
