import { classConfigOf } from '../errors/classConfig.js';
import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { checkOptionNames, oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { trueOrFalse } from '../errors/optionValues.js';

/** The losses by name, and what targets they take. */
const targets = {
  categoricalCrossentropy: 'dense',
  sparseCategoricalCrossentropy: 'labels',
  binaryCrossentropy: 'dense',
  meanSquaredError: 'dense',
  meanAbsoluteError: 'dense',
} as const;

export type LossName = keyof typeof targets;

const aliases = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
} as const satisfies Record<string, LossName>;

export type LossAlias = keyof typeof aliases;

export const lossAliases = Object.keys(aliases) as LossAlias[];
export const lossNames = Object.keys(targets) as LossName[];
const crossentropies: readonly LossName[] = [
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
];

/** A loss as saved models hold it: its name, or name and options. */
export type LossConfig = LossName | { readonly className: LossName; readonly config: LossOptions };

export interface LossOptions {
  /**
   * The output holds logits, not probabilities. Default false. Where a softmax or sigmoid comes
   * last, cross-entropies use what goes into it in any case, as in Keras, and compile() warns.
   * Metrics know nothing of it: their cross-entropies and binaryAccuracy take probabilities.
   */
  readonly fromLogits?: boolean;
}

/** What compile() minimizes for one output. */
export class Loss {
  readonly fromLogits: boolean;

  constructor(
    readonly name: LossName,
    options: LossOptions = {},
  ) {
    const place = `loss '${oneOf('loss', 'name', name, lossNames)}'`;
    checkOptionNames(place, options, crossentropies.includes(name) ? ['fromLogits'] : []);
    this.fromLogits = trueOrFalse(place, 'fromLogits', options.fromLogits ?? false);
  }

  /** 'labels': whole numbers of the output's shape without its last axis; 'dense': its shape. */
  get target(): 'labels' | 'dense' {
    return targets[this.name];
  }

  getConfig(): LossConfig {
    const { name, fromLogits } = this;
    return fromLogits ? { className: name, config: { fromLogits } } : name;
  }
}

/** The full name of a loss or its short form, 'mse' or 'mae'. */
export function fullLossName(name: string): string {
  return Object.hasOwn(aliases, name) ? aliases[name as LossAlias] : name;
}

/** The loss that an option stands for; ERR_OPTION lists the known names. */
export function resolveLoss(place: string, value: unknown): Loss {
  if (isInstance(value, Loss)) return value;
  if (typeof value === 'string') {
    return new Loss(oneOf(place, 'loss', fullLossName(value), lossNames));
  }
  const given = classConfigOf(place, value);
  if (given !== undefined) {
    const name = oneOf(place, 'loss', given.className, lossNames);
    return new Loss(name, given.config as LossOptions | undefined);
  }
  throw new OptionError(`loss is ${shown(value)}; expected one of ${lossNames.join(', ')}`, {
    place,
  });
}

/** Losses with options; compile() also takes the names alone. */
export const losses = {
  /** -sum t log q over the last axis; targets [...,C]. */
  categoricalCrossentropy: (options?: LossOptions): Loss =>
    new Loss('categoricalCrossentropy', options),
  /** The same, with class numbers as targets. */
  sparseCategoricalCrossentropy: (options?: LossOptions): Loss =>
    new Loss('sparseCategoricalCrossentropy', options),
  /** -t log p - (1 - t) log(1 - p), the mean over the last axis. */
  binaryCrossentropy: (options?: LossOptions): Loss => new Loss('binaryCrossentropy', options),
  /** (y - t)^2, the mean over the last axis. */
  meanSquaredError: (): Loss => new Loss('meanSquaredError'),
  /** |y - t|, the mean over the last axis. */
  meanAbsoluteError: (): Loss => new Loss('meanAbsoluteError'),
};
