import { realNumber } from '../errors/optionValues.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { OptionError } from '../errors/errors.js';
import type { InitializerSpec } from '../native/program.js';
import { Initializer, registerInitializer, type InitializerConfig } from './initializer.js';

export interface RandomUniformOptions {
  /** Default -0.05. */
  readonly minval?: number;
  /** Default 0.05. */
  readonly maxval?: number;
}

/** Uniform in [minval, maxval). */
export class RandomUniform extends Initializer {
  readonly minval: number;
  readonly maxval: number;

  constructor(options: RandomUniformOptions = {}) {
    super();
    const place = "initializer 'randomUniform'";
    checkOptionNames(place, options, ['minval', 'maxval']);
    this.minval = realNumber(place, 'minval', options.minval ?? -0.05);
    this.maxval = realNumber(place, 'maxval', options.maxval ?? 0.05);
    if (this.minval > this.maxval) {
      throw new OptionError(`minval ${this.minval} is above maxval ${this.maxval}`, { place });
    }
  }

  override toSpec(): InitializerSpec {
    return { kind: 'uniform', attributes: { minimum: this.minval, maximum: this.maxval } };
  }

  override getConfig(): InitializerConfig {
    return {
      className: 'RandomUniform',
      config: { minval: this.minval, maxval: this.maxval },
    };
  }
}

export interface RandomNormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation, default 0.05. */
  readonly stddev?: number;
}

abstract class Normal extends Initializer {
  readonly mean: number;
  readonly stddev: number;

  protected constructor(
    private readonly className: 'RandomNormal' | 'TruncatedNormal',
    private readonly kind: 'normal' | 'truncatedNormal',
    options: RandomNormalOptions,
  ) {
    super();
    const place = `initializer '${kind}'`;
    checkOptionNames(place, options, ['mean', 'stddev']);
    this.mean = realNumber(place, 'mean', options.mean ?? 0);
    this.stddev = realNumber(place, 'stddev', options.stddev ?? 0.05, { minimum: 0 });
  }

  override toSpec(): InitializerSpec {
    return { kind: this.kind, attributes: { mean: this.mean, stddev: this.stddev } };
  }

  override getConfig(): InitializerConfig {
    return { className: this.className, config: { mean: this.mean, stddev: this.stddev } };
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

registerInitializer('RandomUniform', ['minval', 'maxval'], (o) => new RandomUniform(o));
registerInitializer('RandomNormal', ['mean', 'stddev'], (o) => new RandomNormal(o));
registerInitializer('TruncatedNormal', ['mean', 'stddev'], (o) => new TruncatedNormal(o));
