import { realNumber } from '../errors/optionValues.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { OptionError } from '../errors/errors.js';
import type { InitializerSpec } from '../native/program.js';
import { Initializer, registerInitializer, type InitializerConfig } from './initializer.js';
import { seedOf, type Seed, type SeedOptions } from './seed.js';

const uniformOptions = ['minval', 'maxval', 'seed'];
const normalOptions = ['mean', 'stddev', 'seed'];

export interface RandomUniformOptions extends SeedOptions {
  /** Default -0.05. */
  readonly minval?: number;
  /** Default 0.05. */
  readonly maxval?: number;
}

/** Uniform in [minval, maxval). */
export class RandomUniform extends Initializer {
  readonly minval: number;
  readonly maxval: number;
  private readonly seed: Seed;

  constructor(options: RandomUniformOptions = {}) {
    super();
    const place = "initializer 'randomUniform'";
    checkOptionNames(place, options, uniformOptions);
    this.seed = seedOf(place, options);
    this.minval = realNumber(place, 'minval', options.minval ?? -0.05);
    this.maxval = realNumber(place, 'maxval', options.maxval ?? 0.05);
    if (this.minval > this.maxval) {
      throw new OptionError(`minval ${this.minval} is above maxval ${this.maxval}`, { place });
    }
  }

  override toSpec(): InitializerSpec {
    const { minval: minimum, maxval: maximum, seed } = this;
    return { kind: 'uniform', attributes: { minimum, maximum, ...seed } };
  }

  override getConfig(): InitializerConfig {
    const { minval, maxval, seed } = this;
    return { className: 'RandomUniform', config: { minval, maxval, ...seed } };
  }
}

export interface RandomNormalOptions extends SeedOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation, default 0.05. */
  readonly stddev?: number;
}

abstract class Normal extends Initializer {
  readonly mean: number;
  readonly stddev: number;
  private readonly seed: Seed;

  protected constructor(
    private readonly className: 'RandomNormal' | 'TruncatedNormal',
    private readonly kind: 'normal' | 'truncatedNormal',
    options: RandomNormalOptions,
  ) {
    super();
    const place = `initializer '${kind}'`;
    checkOptionNames(place, options, normalOptions);
    this.seed = seedOf(place, options);
    this.mean = realNumber(place, 'mean', options.mean ?? 0);
    this.stddev = realNumber(place, 'stddev', options.stddev ?? 0.05, { minimum: 0 });
  }

  override toSpec(): InitializerSpec {
    const { kind, mean, stddev, seed } = this;
    return { kind, attributes: { mean, stddev, ...seed } };
  }

  override getConfig(): InitializerConfig {
    const { className, mean, stddev, seed } = this;
    return { className, config: { mean, stddev, ...seed } };
  }
}

/** Normal with this mean and standard deviation. */
export class RandomNormal extends Normal {
  constructor(options: RandomNormalOptions = {}) {
    super('RandomNormal', 'normal', options);
  }
}

/** As RandomNormal, drawn again beyond two standard deviations. */
export class TruncatedNormal extends Normal {
  constructor(options: RandomNormalOptions = {}) {
    super('TruncatedNormal', 'truncatedNormal', options);
  }
}

registerInitializer('RandomUniform', uniformOptions, (o) => new RandomUniform(o));
registerInitializer('RandomNormal', normalOptions, (o) => new RandomNormal(o));
registerInitializer('TruncatedNormal', normalOptions, (o) => new TruncatedNormal(o));
