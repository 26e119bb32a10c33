import { realNumber } from '../errors/optionValues.js';
import type { OptimizerSpec } from '../native/program.js';

/** A class name with its options, as saved models hold it. */
export interface OptimizerConfig {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * An update rule and its learning rate. It holds no state of its own: velocities and moments live
 * with the weights, in the compiled model.
 */
export abstract class Optimizer {
  #learningRate: number;

  protected constructor(
    /** 'sgd' or 'adam': what errors and files call it. */
    readonly name: string,
    learningRate: unknown,
  ) {
    this.#learningRate = this.checkedRate(learningRate);
  }

  /** Read before every step, so it may be set at any time; at least 0. */
  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    this.#learningRate = this.checkedRate(value);
  }

  /** What native code needs; the learning rate is passed at each step. */
  abstract toSpec(): OptimizerSpec;

  /** All options, the present learning rate among them; `optimizerFromConfig` makes an equal one. */
  abstract getConfig(): OptimizerConfig;

  private checkedRate(value: unknown): number {
    return realNumber(`optimizer '${this.name}'`, 'learningRate', value, { minimum: 0 });
  }
}
