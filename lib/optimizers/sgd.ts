import { checkOptionNames } from '../errors/optionNames.js';
import { realNumber, trueOrFalse } from '../errors/optionValues.js';
import type { OptimizerSpec } from '../native/program.js';
import { Optimizer, type OptimizerConfig } from './optimizer.js';
import {
  updateAttributes,
  updateConfig,
  updateOptionNames,
  type UpdateAttributes,
  type UpdateOptions,
} from './regularization.js';

export interface SgdOptions extends UpdateOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** From 0 to 1, default 0. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

const optionNames: Readonly<Record<keyof SgdOptions, true>> = {
  learningRate: true,
  momentum: true,
  nesterov: true,
  ...updateOptionNames,
};

/**
 * Gradient descent as in Keras: v = momentum v - learningRate g; w += v, with nesterov
 * w += momentum v - learningRate g. Without momentum, w -= learningRate g.
 */
export class Sgd extends Optimizer {
  static readonly className = 'SGD';
  readonly momentum: number;
  readonly nesterov: boolean;
  private readonly update: UpdateAttributes;

  constructor(options: SgdOptions = {}) {
    const place = "optimizer 'sgd'";
    checkOptionNames(place, options, Object.keys(optionNames));
    super('sgd', options.learningRate ?? 0.01);
    this.momentum = realNumber(place, 'momentum', options.momentum ?? 0, {
      minimum: 0,
      maximum: 1,
    });
    this.nesterov = trueOrFalse(place, 'nesterov', options.nesterov ?? false);
    this.update = updateAttributes(place, options, 0);
  }

  override toSpec(): OptimizerSpec {
    const { momentum, nesterov } = this;
    return { type: 'sgd', attributes: { momentum, nesterov, ...this.update } };
  }

  override getConfig(): OptimizerConfig {
    const { learningRate, momentum, nesterov } = this;
    return {
      className: Sgd.className,
      config: { learningRate, momentum, nesterov, ...updateConfig(this.update) },
    };
  }
}
