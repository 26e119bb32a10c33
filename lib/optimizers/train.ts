import { Adam, type AdamOptions } from './adam.js';
import { AdamW } from './adamw.js';
import type { Optimizer } from './optimizer.js';
import { Sgd, type SgdOptions } from './sgd.js';

function withRate<Options extends { readonly learningRate?: number }>(
  rate: number | Options | undefined,
): Options | { learningRate: number } | undefined {
  return typeof rate === 'number' ? { learningRate: rate } : rate;
}

/** Optimizers by their tfjs names; each takes a learning rate or an object of options. */
export const train = {
  /** Gradient descent; learningRate 0.01. */
  sgd(options?: number | SgdOptions): Sgd {
    return new Sgd(withRate(options));
  },

  /** Gradient descent with momentum, and nesterov if asked for. */
  momentum(learningRate: number, momentum: number, nesterov = false): Sgd {
    return new Sgd({ learningRate, momentum, nesterov });
  },

  /** Adam; learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-7. */
  adam(options?: number | AdamOptions, beta1?: number, beta2?: number, epsilon?: number): Adam {
    if (typeof options === 'object') return new Adam(options);
    return new Adam({
      ...(options === undefined ? {} : { learningRate: options }),
      ...(beta1 === undefined ? {} : { beta1 }),
      ...(beta2 === undefined ? {} : { beta2 }),
      ...(epsilon === undefined ? {} : { epsilon }),
    });
  },

  /** Adam with decoupled weight decay 0.004. */
  adamw(options?: number | AdamOptions): AdamW {
    return new AdamW(withRate(options));
  },
} satisfies Record<string, (...args: never[]) => Optimizer>;
