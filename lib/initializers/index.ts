import { Constant, Ones, Zeros, type ConstantOptions } from './constants.js';
import {
  RandomNormal,
  RandomUniform,
  TruncatedNormal,
  type RandomNormalOptions,
  type RandomUniformOptions,
} from './random.js';
import { namedScaling, VarianceScaling, type VarianceScalingOptions } from './varianceScaling.js';

/** Initializers by their tfjs names; layer options also take the names alone. */
export const initializers = {
  zeros: (): Zeros => new Zeros(),
  ones: (): Ones => new Ones(),
  constant: (options: ConstantOptions): Constant => new Constant(options),
  randomUniform: (options?: RandomUniformOptions): RandomUniform => new RandomUniform(options),
  randomNormal: (options?: RandomNormalOptions): RandomNormal => new RandomNormal(options),
  truncatedNormal: (options?: RandomNormalOptions): TruncatedNormal => new TruncatedNormal(options),
  /** +-sqrt(6 / (fanIn + fanOut)). */
  glorotUniform: (): VarianceScaling => namedScaling('GlorotUniform'),
  /** Truncated, variance 2 / (fanIn + fanOut). */
  glorotNormal: (): VarianceScaling => namedScaling('GlorotNormal'),
  /** +-sqrt(6 / fanIn). */
  heUniform: (): VarianceScaling => namedScaling('HeUniform'),
  /** Truncated, variance 2 / fanIn. */
  heNormal: (): VarianceScaling => namedScaling('HeNormal'),
  /** +-sqrt(3 / fanIn). */
  leCunUniform: (): VarianceScaling => namedScaling('LeCunUniform'),
  /** Truncated, variance 1 / fanIn. */
  leCunNormal: (): VarianceScaling => namedScaling('LeCunNormal'),
  varianceScaling: (options?: VarianceScalingOptions): VarianceScaling =>
    new VarianceScaling(options),
};
