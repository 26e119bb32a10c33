import { checkOptionNames } from '../errors/optionNames.js';
import { realNumber } from '../errors/optionValues.js';
import type { OptimizerSpec } from '../native/program.js';
import { Optimizer, type OptimizerConfig } from './optimizer.js';
import {
  updateAttributes,
  updateConfig,
  updateOptionNames,
  type UpdateAttributes,
  type UpdateOptions,
} from './regularization.js';

export interface AdamOptions extends UpdateOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the mean of gradients, in [0, 1), default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1), default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

const optionNames: Readonly<Record<keyof AdamOptions, true>> = {
  learningRate: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  ...updateOptionNames,
};

// The largest number below 1: a decay of 1 would divide by zero.
const belowOne = 1 - Number.EPSILON / 2;

/**
 * Adam as in Keras: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
 * w -= learningRate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon), t from 1.
 */
export class Adam extends Optimizer {
  static readonly className: string = 'Adam';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  private readonly update: UpdateAttributes;

  constructor(options: AdamOptions = {}, name = 'adam', weightDecay = 0) {
    const place = `optimizer '${name}'`;
    checkOptionNames(place, options, Object.keys(optionNames));
    super(name, options.learningRate ?? 0.001);
    const decay = { minimum: 0, maximum: belowOne };
    this.beta1 = realNumber(place, 'beta1', options.beta1 ?? 0.9, decay);
    this.beta2 = realNumber(place, 'beta2', options.beta2 ?? 0.999, decay);
    this.epsilon = realNumber(place, 'epsilon', options.epsilon ?? 1e-7, { minimum: 0 });
    this.update = updateAttributes(place, options, weightDecay);
  }

  override toSpec(): OptimizerSpec {
    const { beta1, beta2, epsilon } = this;
    return { type: 'adam', attributes: { beta1, beta2, epsilon, ...this.update } };
  }

  override getConfig(): OptimizerConfig {
    const { learningRate, beta1, beta2, epsilon } = this;
    return {
      className: (this.constructor as typeof Adam).className,
      config: { learningRate, beta1, beta2, epsilon, ...updateConfig(this.update) },
    };
  }
}
