import { layers, OptionError, ShapeError, type Layer, type SymbolicTensor } from 'node-cudnn';
import type { Random } from '../random.js';
import { activation, channels, initializer, padding, pair, regularizer } from './choices.js';

/** Puts a layer on `from`, or on some of the pool; undefined where none fits. */
type Recipe = (
  random: Random,
  from: SymbolicTensor,
  pool: readonly SymbolicTensor[],
) => SymbolicTensor | undefined;

/** The reference computes with plain loops: larger layers take too long. */
const mostValues = 6000;
const mostProducts = 1e6;

export function valuesOf({ sampleShape }: SymbolicTensor): number {
  return sampleShape.reduce((product, size) => product * size, 1);
}

function isImage({ sampleShape }: SymbolicTensor): boolean {
  return sampleShape.length === 3;
}

/** A layer of one input, for images alone where asked. */
function single(make: (random: Random) => Layer, images = false): Recipe {
  return (random, from) => {
    if (images && !isImage(from)) return undefined;
    return make(random).apply(from);
  };
}

function kernelOptions(random: Random): object {
  return {
    activation: activation(random),
    useBias: random.chance(0.8),
    kernelInitializer: initializer(random),
    biasInitializer: initializer(random),
    kernelRegularizer: regularizer(random),
    biasRegularizer: regularizer(random),
  };
}

function conv2d(random: Random, from: SymbolicTensor): SymbolicTensor | undefined {
  if (!isImage(from)) return undefined;
  const [, , depth = 1] = from.sampleShape;
  const divisors = Array.from({ length: depth }, (_, i) => i + 1).filter((n) => depth % n === 0);
  const groups = random.chance(0.25) ? random.pick(divisors) : 1;
  const filters = groups === 1 ? channels(random) : groups * random.int(1, groups > 16 ? 2 : 4);
  const dilated = random.chance(0.2);
  const layer = layers.conv2d({
    filters,
    groups,
    kernelSize: random.chance(0.3) ? 1 : pair(random, 1, 4),
    strides: dilated || random.chance(0.6) ? 1 : pair(random, 1, 3),
    dilationRate: dilated ? pair(random, 1, 2) : 1,
    padding: padding(random),
    ...kernelOptions(random),
  });
  const [, height = 0, width = 0] = layer.computeOutputShape(from.shape);
  const window = 9 * (depth / groups);
  if (Number(height) * Number(width) * filters * window > mostProducts) return undefined;
  return layer.apply(from);
}

function pooling(make: typeof layers.maxPooling2d | typeof layers.averagePooling2d): Recipe {
  return single(
    (random) =>
      make({
        poolSize: pair(random, 1, 3),
        strides: random.chance(0.4) ? null : pair(random, 1, 3),
        padding: padding(random),
      }),
    true,
  );
}

function dense(random: Random, from: SymbolicTensor): SymbolicTensor | undefined {
  const units = channels(random);
  const { sampleShape } = from;
  const depth = sampleShape.at(-1) ?? 1;
  // On images it is a convolution of 1x1.
  if (sampleShape.length === 0 || valuesOf(from) * units > mostProducts || depth > 2000) {
    return undefined;
  }
  return layers.dense({ units, ...kernelOptions(random) }).apply(from);
}

function reshape(random: Random, from: SymbolicTensor): SymbolicTensor {
  const sizes = random.shuffled(from.sampleShape);
  if (random.chance(0.3)) sizes.splice(random.int(0, sizes.length), 0, 1);
  const joined = sizes.length > 2 && random.chance(0.3);
  const [first = 1, second = 1, ...rest] = sizes;
  const targetShape = joined ? [first * second, ...rest] : sizes;
  return layers.reshape({ targetShape }).apply(from);
}

function permute(random: Random, from: SymbolicTensor): SymbolicTensor | undefined {
  if (from.sampleShape.length === 0) return undefined;
  const axes = from.sampleShape.map((_, i) => i + 1);
  return layers.permute({ dims: random.shuffled(axes) }).apply(from);
}

/** Any tensors of the pool that fit to `from`, itself and others more than once. */
function merged(
  random: Random,
  fitting: readonly SymbolicTensor[],
  from: SymbolicTensor,
): SymbolicTensor[] {
  const count = random.int(2, 4);
  const others = Array.from({ length: count - 1 }, () => random.pick(fitting));
  return random.shuffled([from, ...others]);
}

function add(
  random: Random,
  from: SymbolicTensor,
  pool: readonly SymbolicTensor[],
): SymbolicTensor | undefined {
  const shape = String(from.shape);
  return layers.add().apply(
    merged(
      random,
      pool.filter((each) => String(each.shape) === shape),
      from,
    ),
  );
}

function concatenate(
  random: Random,
  from: SymbolicTensor,
  pool: readonly SymbolicTensor[],
): SymbolicTensor | undefined {
  const rank = from.sampleShape.length;
  if (rank === 0) return undefined;
  const axis = random.chance(0.7) ? rank : random.int(1, rank);
  const rest = (each: SymbolicTensor): string =>
    `${each.sampleShape.length} ${String(each.sampleShape.filter((_, i) => i !== axis - 1))}`;
  const fitting = pool.filter((each) => rest(each) === rest(from));
  return layers.concatenate({ axis }).apply(merged(random, fitting, from));
}

/** How each layer is put on; a layer without a recipe does not compile here. */
export const recipes: Readonly<Record<keyof typeof layers, Recipe>> = {
  // Models begin with them.
  inputLayer: () => undefined,
  conv2d,
  maxPooling2d: pooling(layers.maxPooling2d),
  averagePooling2d: pooling(layers.averagePooling2d),
  globalAveragePooling2d: single(() => layers.globalAveragePooling2d(), true),
  localResponseNormalization: single(
    (random) =>
      layers.localResponseNormalization({
        depthRadius: random.int(0, 7),
        bias: random.real(0.5, 2),
        alpha: random.real(0.01, 1),
        beta: random.pick([0.5, 0.75, 1]),
      }),
    true,
  ),
  batchNormalization: single((random) =>
    layers.batchNormalization({
      momentum: random.real(0.5, 0.99),
      // A small one lets rounding grow without bound where a batch hardly varies.
      epsilon: random.pick([0.001, 0.01, 0.1]),
      center: random.chance(0.8),
      scale: random.chance(0.8),
      betaInitializer: initializer(random),
      gammaRegularizer: regularizer(random),
    }),
  ),
  dense,
  flatten: single(() => layers.flatten()),
  reshape,
  permute,
  upSampling2d: single((random) => layers.upSampling2d({ size: pair(random, 1, 3) }), true),
  dropout: single((random) => layers.dropout({ rate: random.pick([0, 0.1, 0.5]) })),
  activation: single((random) => layers.activation({ activation: activation(random) })),
  reLU: single(() => layers.reLU()),
  leakyReLU: single((random) => layers.leakyReLU({ alpha: random.real(0, 0.5) })),
  elu: single((random) => layers.elu({ alpha: random.real(0, 1.5) })),
  softmax: single(() => layers.softmax()),
  add,
  concatenate,
  rescaling: single((random) =>
    layers.rescaling({ scale: random.real(-2, 2), offset: random.real(-1, 1) }),
  ),
};

/** Puts the layer of a name on; undefined where it does not fit or would be too large. */
export function applied(
  random: Random,
  name: keyof typeof layers,
  from: SymbolicTensor,
  pool: readonly SymbolicTensor[],
): SymbolicTensor | undefined {
  try {
    const output = recipes[name](random, from, pool);
    return output !== undefined && valuesOf(output) <= mostValues ? output : undefined;
  } catch (error) {
    // Chosen blindly, a window may not fit, or a padding be as large as a pool.
    if (error instanceof ShapeError || error instanceof OptionError) return undefined;
    throw error;
  }
}
