import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { Adam } from './adam.js';
import { AdamW } from './adamw.js';
import { Optimizer, type OptimizerConfig } from './optimizer.js';
import { Sgd } from './sgd.js';

const byName = {
  sgd: () => new Sgd(),
  adam: () => new Adam(),
  adamw: () => new AdamW(),
};

export type OptimizerName = keyof typeof byName;

const names = Object.keys(byName) as OptimizerName[];

/** An optimizer from its name, with its default options, or the optimizer itself. */
export function resolveOptimizer(optimizer: unknown): Optimizer {
  if (isInstance(optimizer, Optimizer)) return optimizer;
  if (typeof optimizer !== 'string') {
    throw new OptionError(
      `optimizer is ${shown(optimizer)}; pass 'adam', 'sgd' or what train.adam() returns`,
      { place: 'compile()' },
    );
  }
  return byName[oneOf('compile()', 'optimizer', optimizer.toLowerCase(), names)]();
}

const byClassName = new Map<string, (config: object) => Optimizer>([
  [Sgd.className, (config) => new Sgd(config)],
  [Adam.className, (config) => new Adam(config)],
  [AdamW.className, (config) => new AdamW(config)],
]);

/** The inverse of Optimizer.getConfig(). ERR_OPTION lists the known classes. */
export function optimizerFromConfig({ className, config }: OptimizerConfig): Optimizer {
  const make = byClassName.get(className);
  if (make !== undefined) return make(config);
  throw new OptionError(
    `no optimizer class ${shown(className)}; known: ${[...byClassName.keys()].join(', ')}`,
    { place: 'optimizer' },
  );
}
