import {
  layers,
  losses,
  train,
  type CompileArgs,
  type Loss,
  type LossName,
  type Optimizer,
  type SymbolicTensor,
} from 'node-cudnn';
import type { Random } from '../random.js';
import { initializer } from './choices.js';
import { valuesOf } from './recipes.js';

/** An output with its loss, and the kind of targets that it takes. */
export interface Head {
  readonly output: SymbolicTensor;
  readonly loss: Loss;
  readonly targets: 'labels' | 'distribution' | 'bits' | 'values';
  readonly metrics: readonly string[];
}

type HeadMaker = (random: Random, end: SymbolicTensor) => Head;

/** A last dense layer, on few values or on what a flatten makes of many. */
function dense(
  random: Random,
  end: SymbolicTensor,
  kind: 'softmax' | 'sigmoid' | 'linear',
  logits = false,
): SymbolicTensor {
  const activation = logits ? 'linear' : kind;
  const kept = end.sampleShape.length === 1 || random.chance(0.3);
  const from = kept ? end : layers.flatten().apply(end);
  const sizes = [2, 3, 10, 16, 17];
  // Over one class a softmax is always 1.
  const units = random.pick(kind === 'softmax' ? sizes : [1, ...sizes]);
  const options = { units, kernelInitializer: initializer(random) };
  if (random.chance(0.3)) {
    const last = layers.dense(options).apply(from);
    return layers.activation({ activation }).apply(last);
  }
  return layers.dense({ ...options, activation }).apply(from);
}

const denseMetrics = ['accuracy', 'mse', 'mae', 'binaryAccuracy', 'categoricalAccuracy'] as const;

function classes(name: 'categoricalCrossentropy' | 'sparseCategoricalCrossentropy'): HeadMaker {
  return (random, end) => {
    const fromLogits = random.chance(0.3);
    const labels = name === 'sparseCategoricalCrossentropy';
    return {
      output: dense(random, end, 'softmax', fromLogits),
      loss: losses[name]({ fromLogits }),
      targets: labels ? 'labels' : 'distribution',
      metrics: labels ? ['accuracy'] : denseMetrics,
    };
  };
}

function binary(random: Random, end: SymbolicTensor): Head {
  const fromLogits = random.chance(0.3);
  const output = dense(random, end, fromLogits ? 'linear' : 'sigmoid');
  const loss = losses.binaryCrossentropy({ fromLogits });
  return { output, loss, targets: 'bits', metrics: denseMetrics };
}

function difference(name: 'meanSquaredError' | 'meanAbsoluteError'): HeadMaker {
  return (random, end) => {
    // Any layer may come last.
    const bare = end.sampleShape.length > 0 && valuesOf(end) <= 2000 && random.chance(0.5);
    const output = bare ? layers.activation({ activation: 'linear' }).apply(end) : undefined;
    return {
      output: output ?? dense(random, end, random.pick(['linear', 'sigmoid'])),
      loss: losses[name](),
      targets: 'values',
      metrics: ['mse', 'mae'],
    };
  };
}

/** Every loss; one without a maker does not compile here. */
const heads: Readonly<Record<LossName, HeadMaker>> = {
  categoricalCrossentropy: classes('categoricalCrossentropy'),
  sparseCategoricalCrossentropy: classes('sparseCategoricalCrossentropy'),
  binaryCrossentropy: binary,
  meanSquaredError: difference('meanSquaredError'),
  meanAbsoluteError: difference('meanAbsoluteError'),
};

export function randomHead(random: Random, end: SymbolicTensor): Head {
  return heads[random.pick(Object.keys(heads) as LossName[])](random, end);
}

function updateOptions(random: Random): object {
  const clipping = random.pick([
    {},
    {},
    { clipNorm: random.real(0.05, 2) },
    { globalClipNorm: random.real(0.05, 2) },
    { clipValue: random.real(0.01, 1) },
  ]);
  const weightDecayMode = random.pick(['decoupled', 'l2']);
  const decay = random.chance(0.2) ? { weightDecay: random.real(0, 0.1), weightDecayMode } : {};
  return { ...clipping, ...decay };
}

export function randomOptimizer(random: Random): Optimizer {
  const update = updateOptions(random);
  const kind = random.pick(['sgd', 'momentum', 'adam', 'adamw']);
  const learningRate = random.pick([0.01, 0.1, 1]);
  if (kind === 'sgd') return train.sgd({ learningRate, ...update });
  if (kind === 'momentum') {
    const momentum = random.real(0, 0.95);
    const nesterov = random.chance(0.5);
    return train.sgd({ learningRate: learningRate / 10, momentum, nesterov, ...update });
  }
  // A small epsilon makes a step of the learning rate out of a gradient that is rounding alone.
  const options = { learningRate: 0.01, epsilon: random.pick([0.01, 0.1, 1]), ...update };
  return kind === 'adam' ? train.adam(options) : train.adamw(options);
}

export function randomCompileArgs(random: Random, all: readonly Head[]): CompileArgs {
  const one = all.length === 1 ? all[0] : undefined;
  const chosen = (one?.metrics ?? []).filter(() => random.chance(0.4));
  return {
    optimizer: randomOptimizer(random),
    loss: all.map(({ loss }) => loss),
    ...(random.chance(0.3) ? { lossWeights: all.map(() => random.real(0.1, 2)) } : {}),
    ...(random.chance(0.5) ? { metrics: chosen } : { weightedMetrics: chosen }),
  };
}
