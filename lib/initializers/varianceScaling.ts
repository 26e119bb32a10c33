import { checkOptionNames, oneOf } from '../errors/optionNames.js';
import { realNumber } from '../errors/optionValues.js';
import type { InitializerSpec } from '../native/program.js';
import { Initializer, registerInitializer, type InitializerConfig } from './initializer.js';

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

export interface VarianceScalingOptions {
  /** Above 0, default 1. */
  readonly scale?: number;
  /** Default 'fanIn'. */
  readonly mode?: (typeof modes)[number];
  /** Default 'normal', which is truncated at two standard deviations, as 'truncatedNormal'. */
  readonly distribution?: (typeof distributions)[number];
}

// The standard deviation of a unit normal that is truncated at two standard deviations.
const truncatedDeviation = 0.87962566103423978;

/** Zero mean and variance scale / fan: uniform in +-sqrt(3 scale / fan), or normal. */
export class VarianceScaling extends Initializer {
  readonly scale: number;
  readonly mode: (typeof modes)[number];
  readonly distribution: (typeof distributions)[number];

  constructor(
    options: VarianceScalingOptions = {},
    /** Set for the named forms, which have no options. */
    private readonly className?: string,
  ) {
    super();
    const place = "initializer 'varianceScaling'";
    checkOptionNames(place, options, ['scale', 'mode', 'distribution']);
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
      return { kind: 'uniform', attributes: { minimum: -limit, maximum: limit } };
    }
    const stddev = Math.sqrt(variance);
    if (this.distribution === 'untruncatedNormal') {
      return { kind: 'normal', attributes: { mean: 0, stddev } };
    }
    return {
      kind: 'truncatedNormal',
      attributes: { mean: 0, stddev: stddev / truncatedDeviation },
    };
  }

  override getConfig(): InitializerConfig {
    if (this.className !== undefined) return { className: this.className, config: {} };
    const { scale, mode, distribution } = this;
    return { className: 'VarianceScaling', config: { scale, mode, distribution } };
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
export function namedScaling(className: keyof typeof scalings): VarianceScaling {
  return new VarianceScaling(scalings[className], className);
}

registerInitializer(
  'VarianceScaling',
  ['scale', 'mode', 'distribution'],
  (options) => new VarianceScaling(options),
);
for (const className of Object.keys(scalings) as (keyof typeof scalings)[]) {
  registerInitializer(className, [], () => namedScaling(className));
}
