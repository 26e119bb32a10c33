import { givenOptions } from '../errors/givenOptions.js';
import { realNumber } from '../errors/optionValues.js';
import type { LossConfig } from '../losses/loss.js';
import type { MetricConfig, MetricOption } from '../metrics/metric.js';
import type { TrainingSpec } from '../native/program.js';
import {
  optimizerFromConfig,
  resolveOptimizer,
  type OptimizerName,
} from '../optimizers/resolve.js';
import type { Optimizer, OptimizerConfig } from '../optimizers/optimizer.js';
import { lossesOf, type LossOption } from './lossOptions.js';
import { metricOptions, resolvedMetrics, type MetricOptions } from './metricOptions.js';
import { forOutputs, type ForOutputs, type Output } from './outputs.js';
import type { MetricSlot, OutputSlot } from './trainable.js';

export interface CompileArgs {
  /** 'sgd', 'adam', 'adamw' (with their default options), or what `train` makes. */
  readonly optimizer: OptimizerName | Optimizer | (string & {});
  /** One loss for every output, or one for each; null or not named: the output has none. */
  readonly loss: LossOption | ForOutputs<LossOption | null>;
  /** The factor of each output's loss in the total; its own logs are without it. Default 1. */
  readonly lossWeights?: ForOutputs<number>;
  /** A metric or several, of every output with a loss; or by output name. */
  readonly metrics?: MetricOptions;
  /** Metrics that weigh samples by sampleWeight or classWeight, and divide by the sum of weights. */
  readonly weightedMetrics?: MetricOptions;
}

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

const place = 'compile()';
const optionNames = [
  'optimizer',
  'loss',
  'lossWeights',
  'metrics',
  'weightedMetrics',
] as const satisfies readonly (keyof CompileArgs)[];

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
export function resolveTraining(
  compileArgs: CompileArgs,
  outputs: readonly Output[],
): CompiledTraining {
  const args = givenOptions(place, compileArgs, optionNames);
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
