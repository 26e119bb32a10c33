import { OptionError } from '../errors/errors.js';
import { checkOptionNames, shown, suggestion } from '../errors/optionNames.js';
import { realNumber } from '../errors/optionValues.js';
import { shapeText } from '../layers/shape.js';
import { resolveLoss, type Loss, type LossAlias, type LossConfig, type LossName } from '../losses/loss.js';
import { resolveMetric, type Metric, type MetricConfig, type MetricOption } from '../metrics/metric.js';
import type { MetricSpec, TrainingSpec } from '../native/program.js';
import { optimizerFromConfig, resolveOptimizer, type OptimizerName } from '../optimizers/resolve.js';
import type { Optimizer, OptimizerConfig } from '../optimizers/optimizer.js';
import type { MetricSlot, OutputSlot } from './trainable.js';

/** A loss by name, or as `losses` makes it. */
export type LossOption = LossName | LossAlias | Loss | (string & {});

/** One value for each output: in order, or by output name. */
export type ForOutputs<T> = readonly T[] | Readonly<Record<string, T>>;

export interface CompileArgs {
  /** 'sgd', 'adam', 'adamw' (with their default options), or what `train` makes. */
  readonly optimizer: OptimizerName | Optimizer | (string & {});
  /** One loss for every output, or one for each; by name, an output may go without. */
  readonly loss: LossOption | ForOutputs<LossOption>;
  /** The factor of each output's loss in the total. Default 1. */
  readonly lossWeights?: ForOutputs<number>;
  /** Metrics of every output with a loss, or lists by output name. */
  readonly metrics?: readonly MetricOption[] | Readonly<Record<string, MetricsOf>>;
  /** Metrics that weigh samples by sampleWeight. */
  readonly weightedMetrics?: readonly MetricOption[] | Readonly<Record<string, MetricsOf>>;
}

type MetricsOf = MetricOption | readonly MetricOption[];

/** compile()'s arguments as saved models hold them. */
export interface TrainingConfig {
  readonly optimizer: OptimizerConfig;
  readonly loss: Readonly<Record<string, LossConfig>>;
  readonly lossWeights: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, readonly (string | MetricConfig)[]>>;
  readonly weightedMetrics: Readonly<Record<string, readonly (string | MetricConfig)[]>>;
}

/** What compile() makes of its arguments. */
export interface CompiledTraining {
  readonly optimizer: Optimizer;
  readonly spec: TrainingSpec;
  readonly outputSlots: readonly OutputSlot[];
  readonly metricSlots: readonly MetricSlot[];
  readonly config: Omit<TrainingConfig, 'optimizer'>;
}

export interface Output {
  readonly name: string;
  readonly shape: readonly number[];
}

const place = 'compile()';
const optionNames: Readonly<Record<keyof CompileArgs, true>> = {
  optimizer: true,
  loss: true,
  lossWeights: true,
  metrics: true,
  weightedMetrics: true,
};

function namesOf(outputs: readonly Output[]): string[] {
  return outputs.map(({ name }) => name);
}

function checkOutputNames(option: string, value: object, outputs: readonly Output[]): void {
  const known = namesOf(outputs);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(
    `${option} names '${unknown}', which is no output${suggestion(unknown, known)}; outputs: ` +
      known.join(', '),
    { place },
  );
}

// One entry for each output, undefined where a record leaves one out.
function forOutputs<T>(
  option: string,
  value: ForOutputs<T>,
  outputs: readonly Output[],
): (T | undefined)[] {
  if (Array.isArray(value)) {
    const list = value as readonly T[];
    if (list.length === outputs.length) return [...list];
    throw new OptionError(
      `${option} has ${list.length} entries for ${outputs.length} outputs ` +
        `(${namesOf(outputs).join(', ')}); give one for each`,
      { place },
    );
  }
  if (typeof value !== 'object') {
    throw new OptionError(`${option} is ${shown(value)}; expected an array or a record`, { place });
  }
  checkOutputNames(option, value, outputs);
  const record = value as Readonly<Record<string, T>>;
  return outputs.map(({ name }) => record[name]);
}

function isByName(value: object): boolean {
  return !Array.isArray(value) && !('className' in value) && !('fromLogits' in value);
}

function lossesOf(
  value: CompileArgs['loss'] | LossConfig,
  outputs: readonly Output[],
): (Loss | undefined)[] {
  const several = Array.isArray(value) || (typeof value === 'object' && isByName(value));
  const options: readonly unknown[] = several
    ? forOutputs<unknown>('loss', value as ForOutputs<unknown>, outputs)
    : outputs.map(() => value);
  const losses = options.map((option) =>
    option === undefined && several ? undefined : resolveLoss(place, option),
  );
  if (losses.every((loss) => loss === undefined)) {
    throw new OptionError('no output has a loss', { place });
  }
  losses.forEach((loss, i) => {
    const { name = '', shape = [] } = outputs[i] ?? {};
    if (loss?.name.toLowerCase().includes('categorical') && (shape.at(-1) ?? 1) < 2) {
      throw new OptionError(
        `${loss.name} of output '${name}' ${shapeText(shape)}: one class makes a loss of 0; use ` +
          'binaryCrossentropy, or as many units as classes',
        { place },
      );
    }
  });
  return losses;
}

function metricOptions(
  option: 'metrics' | 'weightedMetrics',
  value: CompileArgs['metrics'],
  outputs: readonly Output[],
  losses: readonly (Loss | undefined)[],
): readonly (readonly MetricOption[])[] {
  if (value === undefined) return outputs.map(() => []);
  if (Array.isArray(value)) {
    const list = value as readonly MetricOption[];
    return losses.map((loss) => (loss === undefined ? [] : list));
  }
  if (typeof value !== 'object') {
    throw new OptionError(`${option} is ${shown(value)}; expected an array such as ['accuracy']`, {
      place,
    });
  }
  return forOutputs<MetricsOf>(option, value as Record<string, MetricsOf>, outputs).map((list) =>
    list === undefined ? [] : Array.isArray(list) ? (list as MetricOption[]) : [list as Metric],
  );
}

interface NamedMetric {
  readonly slot: MetricSlot;
  readonly spec: MetricSpec;
}

function resolvedMetrics(
  lists: Readonly<Record<'metrics' | 'weightedMetrics', readonly (readonly MetricOption[])[]>>,
  outputs: readonly Output[],
  losses: readonly (Loss | undefined)[],
): NamedMetric[] {
  const taken = new Set<string>();
  const resolve = (value: MetricOption, output: number, weighted: boolean): NamedMetric => {
    const { name: outputName = '', shape = [] } = outputs[output] ?? {};
    const loss = losses[output];
    if (loss === undefined) {
      throw new OptionError(
        `output '${outputName}' has metrics but no loss, so its targets are not known; give it ` +
          'a loss, with lossWeights 0 if it should not count',
        { place },
      );
    }
    const { name, type, attributes } = resolveMetric(place, value, { name: outputName, shape, loss });
    const prefix = outputs.length > 1 ? `${outputName}_` : '';
    let key = `${prefix}${name}`;
    if (taken.has(key) && weighted) key = `${prefix}weighted_${name}`;
    if (taken.has(key)) throw new OptionError(`metric '${name}' is given twice`, { place });
    taken.add(key);
    return { slot: { name: key }, spec: { type, output, attributes, weighted } };
  };
  const all = (lists_: readonly (readonly MetricOption[])[], weighted: boolean): NamedMetric[] =>
    lists_.flatMap((list, output) => list.map((value) => resolve(value, output, weighted)));
  return [...all(lists.metrics, false), ...all(lists.weightedMetrics, true)];
}

// Entries by output name, for saved models; undefined entries are left out.
function byName<T, Saved>(
  outputs: readonly Output[],
  values: readonly (T | undefined)[],
  save: (value: T) => Saved,
): Record<string, Saved> {
  const entries = outputs.flatMap(({ name }, i) => {
    const value = values[i];
    return value === undefined ? [] : [[name, save(value)] as const];
  });
  return Object.fromEntries(entries);
}

function savedMetrics(list: readonly MetricOption[]): (string | MetricConfig)[] {
  return list.map((value) =>
    typeof value === 'object' && 'getConfig' in value ? value.getConfig() : value,
  );
}

/** Checks compile()'s arguments against the outputs. ERR_OPTION names the one at fault. */
export function resolveTraining(args: CompileArgs, outputs: readonly Output[]): CompiledTraining {
  checkOptionNames(place, args, Object.keys(optionNames));
  const optimizer = resolveOptimizer(args.optimizer);
  const losses = lossesOf(args.loss, outputs);
  const given =
    args.lossWeights === undefined ? [] : forOutputs('lossWeights', args.lossWeights, outputs);
  const lossWeights = outputs.map((_, i) => realNumber(place, 'lossWeights', given[i] ?? 1));
  const lists = {
    metrics: metricOptions('metrics', args.metrics, outputs, losses),
    weightedMetrics: metricOptions('weightedMetrics', args.weightedMetrics, outputs, losses),
  };
  const metrics = resolvedMetrics(lists, outputs, losses);
  return {
    optimizer,
    spec: {
      losses: losses.map((loss, i) => ({
        type: loss?.name ?? '',
        weight: lossWeights[i] ?? 1,
        fromLogits: loss?.fromLogits ?? false,
      })),
      metrics: metrics.map(({ spec }) => spec),
      optimizer: optimizer.toSpec(),
    },
    outputSlots: outputs.map(({ name, shape }, i) => {
      const loss = losses[i];
      if (loss === undefined) return { name, shape };
      const lossWeight = lossWeights[i] ?? 1;
      return { name, shape, loss: loss.name, lossWeight, target: loss.target };
    }),
    metricSlots: metrics.map(({ slot }) => slot),
    config: {
      loss: byName(outputs, losses, (loss) => loss.getConfig()),
      lossWeights: byName(outputs, lossWeights, (weight) => weight),
      metrics: byName(outputs, lists.metrics, savedMetrics),
      weightedMetrics: byName(outputs, lists.weightedMetrics, savedMetrics),
    },
  };
}

/** compile()'s arguments from a saved model. */
export function compileArgsFromConfig(config: TrainingConfig): CompileArgs {
  return {
    ...(config as unknown as Omit<CompileArgs, 'optimizer'>),
    optimizer: optimizerFromConfig(config.optimizer),
  };
}
