import { Constant, Ones, Zeros, type ConstantOptions, type NoOptions } from './constants.js';
import {
  RandomNormal,
  RandomUniform,
  TruncatedNormal,
  type RandomNormalOptions,
  type RandomUniformOptions,
} from './random.js';
import type { SeedOptions } from './seed.js';
import { namedScaling, VarianceScaling, type VarianceScalingOptions } from './varianceScaling.js';

/** Initializers by their tfjs names; layer options also take the names alone. */
export const initializers = {
  zeros: (options?: NoOptions): Zeros => new Zeros(options),
  ones: (options?: NoOptions): Ones => new Ones(options),
  constant: (options: ConstantOptions): Constant => new Constant(options),
  randomUniform: (options?: RandomUniformOptions): RandomUniform => new RandomUniform(options),
  randomNormal: (options?: RandomNormalOptions): RandomNormal => new RandomNormal(options),
  truncatedNormal: (options?: RandomNormalOptions): TruncatedNormal => new TruncatedNormal(options),
  /** +-sqrt(6 / (fanIn + fanOut)). */
  glorotUniform: (options?: SeedOptions): VarianceScaling => namedScaling('GlorotUniform', options),
  /** Truncated, variance 2 / (fanIn + fanOut). */
  glorotNormal: (options?: SeedOptions): VarianceScaling => namedScaling('GlorotNormal', options),
  /** +-sqrt(6 / fanIn). */
  heUniform: (options?: SeedOptions): VarianceScaling => namedScaling('HeUniform', options),
  /** Truncated, variance 2 / fanIn. */
  heNormal: (options?: SeedOptions): VarianceScaling => namedScaling('HeNormal', options),
  /** +-sqrt(3 / fanIn). */
  leCunUniform: (options?: SeedOptions): VarianceScaling => namedScaling('LeCunUniform', options),
  /** Truncated, variance 1 / fanIn. */
  leCunNormal: (options?: SeedOptions): VarianceScaling => namedScaling('LeCunNormal', options),
  varianceScaling: (options?: VarianceScalingOptions): VarianceScaling =>
    new VarianceScaling(options),
};
