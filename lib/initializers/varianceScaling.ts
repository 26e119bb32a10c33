import { checkOptionNames, oneOf } from '../errors/optionNames.js';
import { realNumber } from '../errors/optionValues.js';
import type { InitializerSpec } from '../native/program.js';
import { Initializer, keyOf, registerInitializer } from './initializer.js';
import type { InitializerConfig } from './initializer.js';
import { seedOf, type Seed, type SeedOptions } from './seed.js';

/** Inputs and outputs that one weight connects. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Fans of a weight as Keras counts them: a convolution kernel [kh,kw,C/groups,K] has
 * fanIn = kh kw C/groups and fanOut = kh kw K, a matrix [I,O] has I and O, a vector [n] n and n.
 */
export function fansOf(shape: readonly number[]): Fans {
  const [first] = shape;
  if (first === undefined) return { fanIn: 1, fanOut: 1 };
  if (shape.length === 1) return { fanIn: first, fanOut: first };
  const field = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  return { fanIn: field * (shape.at(-2) ?? 1), fanOut: field * (shape.at(-1) ?? 1) };
}

const modes = ['fanIn', 'fanOut', 'fanAvg'] as const;
const distributions = ['normal', 'truncatedNormal', 'untruncatedNormal', 'uniform'] as const;

export interface VarianceScalingOptions extends SeedOptions {
  /** Above 0, default 1. */
  readonly scale?: number;
  /** Default 'fanIn'. */
  readonly mode?: (typeof modes)[number];
  /** Default 'normal', which is truncated at two standard deviations, as 'truncatedNormal'. */
  readonly distribution?: (typeof distributions)[number];
}

const scalingOptions = ['scale', 'mode', 'distribution', 'seed'];

// The standard deviation of a unit normal that is truncated at two standard deviations.
const truncatedDeviation = 0.87962566103423978;

/** Zero mean and variance scale / fan: uniform in +-sqrt(3 scale / fan), or normal. */
export class VarianceScaling extends Initializer {
  readonly scale: number;
  readonly mode: (typeof modes)[number];
  readonly distribution: (typeof distributions)[number];
  private readonly seed: Seed;

  constructor(
    options: VarianceScalingOptions = {},
    /** Set for the named forms, whose only option is the seed. */
    private readonly className?: string,
  ) {
    super();
    const place = `initializer '${keyOf(className ?? 'VarianceScaling')}'`;
    checkOptionNames(place, options, scalingOptions);
    this.seed = seedOf(place, options);
    this.scale = realNumber(place, 'scale', options.scale ?? 1, { minimum: 0, above: true });
    this.mode = oneOf(place, 'mode', options.mode ?? 'fanIn', modes);
    this.distribution = oneOf(
      place,
      'distribution',
      options.distribution ?? 'normal',
      distributions,
    );
  }

  override toSpec(shape: readonly number[]): InitializerSpec {
    const { fanIn, fanOut } = fansOf(shape);
    const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[this.mode];
    const variance = this.scale / Math.max(1, fan);
    if (this.distribution === 'uniform') {
      const limit = Math.sqrt(3 * variance);
      return { kind: 'uniform', attributes: { minimum: -limit, maximum: limit, ...this.seed } };
    }
    const stddev = Math.sqrt(variance);
    if (this.distribution === 'untruncatedNormal') {
      return { kind: 'normal', attributes: { mean: 0, stddev, ...this.seed } };
    }
    return {
      kind: 'truncatedNormal',
      attributes: { mean: 0, stddev: stddev / truncatedDeviation, ...this.seed },
    };
  }

  override getConfig(): InitializerConfig {
    const { className, scale, mode, distribution, seed } = this;
    if (className !== undefined) return { className, config: { ...seed } };
    return { className: 'VarianceScaling', config: { scale, mode, distribution, ...seed } };
  }
}

/** The named forms: what VarianceScaling makes of each. */
export const scalings = {
  GlorotUniform: { scale: 1, mode: 'fanAvg', distribution: 'uniform' },
  GlorotNormal: { scale: 1, mode: 'fanAvg', distribution: 'truncatedNormal' },
  HeUniform: { scale: 2, mode: 'fanIn', distribution: 'uniform' },
  HeNormal: { scale: 2, mode: 'fanIn', distribution: 'truncatedNormal' },
  LeCunUniform: { scale: 1, mode: 'fanIn', distribution: 'uniform' },
  LeCunNormal: { scale: 1, mode: 'fanIn', distribution: 'truncatedNormal' },
} as const satisfies Record<string, VarianceScalingOptions>;

/** One of the named forms. */
export function namedScaling(
  className: keyof typeof scalings,
  options: SeedOptions = {},
): VarianceScaling {
  checkOptionNames(`initializer '${keyOf(className)}'`, options, ['seed']);
  return new VarianceScaling({ ...scalings[className], ...options }, className);
}

registerInitializer('VarianceScaling', scalingOptions, (options) => new VarianceScaling(options));
for (const className of Object.keys(scalings) as (keyof typeof scalings)[]) {
  registerInitializer(className, ['seed'], (options) => namedScaling(className, options));
}
