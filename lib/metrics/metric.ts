import { classConfigOf, type ClassConfig } from '../errors/classConfig.js';
import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { checkOptionNames, oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { realNumber, textOf, wholeNumber } from '../errors/optionValues.js';
import {
  fullLossName,
  lossAliases,
  lossNames,
  resolveLoss,
  type Loss,
  type LossAlias,
  type LossName,
} from '../losses/loss.js';
import type { Attributes } from '../native/program.js';
import { shapeText } from '../layers/shape.js';

const accuracyTargets = {
  sparseCategoricalAccuracy: 'labels',
  categoricalAccuracy: 'dense',
  binaryAccuracy: 'dense',
  topKCategoricalAccuracy: 'either',
} as const;

type AccuracyName = keyof typeof accuracyTargets;

/** 'accuracy' and 'acc' stand for the accuracy that suits the output. */
const chosenByOutput = ['accuracy', 'acc'] as const;
const attributeNames: Readonly<Record<AccuracyName, readonly string[]>> = {
  sparseCategoricalAccuracy: [],
  categoricalAccuracy: [],
  binaryAccuracy: ['threshold'],
  topKCategoricalAccuracy: ['k'],
};
const accuracyNames = Object.keys(accuracyTargets) as AccuracyName[];
const knownNames: readonly string[] = [
  ...chosenByOutput,
  ...accuracyNames,
  ...lossNames,
  ...lossAliases,
];

export interface MetricConfig {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A metric with options, as `metrics.topKCategoricalAccuracy({k: 3})` makes it. */
export class Metric {
  constructor(
    readonly type: AccuracyName,
    /** The key in logs. */
    readonly name: string,
    readonly attributes: Attributes,
  ) {
    oneOf('metric', 'type', type, accuracyNames);
    textOf('metric', 'name', name);
    const place = `metric '${type}'`;
    checkOptionNames(place, attributes, attributeNames[type]);
    const { k = 1, threshold = 0 } = attributes;
    wholeNumber(place, 'k', k, 1);
    realNumber(place, 'threshold', threshold, { minimum: 0, maximum: 1 });
  }

  getConfig(): MetricConfig {
    return { className: this.type, config: { ...this.attributes, name: this.name } };
  }
}

export interface TopKOptions {
  /** At least 1, default 5. */
  readonly k?: number;
  readonly name?: string;
}

export interface BinaryAccuracyOptions {
  /** Probabilities above it count as 1. From 0 to 1, default 0.5. */
  readonly threshold?: number;
  readonly name?: string;
}

function topK(options: TopKOptions = {}): Metric {
  const type = 'topKCategoricalAccuracy';
  const place = `metric '${type}'`;
  checkOptionNames(place, options, ['k', 'name']);
  const k = wholeNumber(place, 'k', options.k ?? 5, 1);
  return new Metric(type, textOf(place, 'name', options.name ?? type), { k });
}

function binary(options: BinaryAccuracyOptions = {}): Metric {
  const type = 'binaryAccuracy';
  const place = `metric '${type}'`;
  checkOptionNames(place, options, ['threshold', 'name']);
  const range = { minimum: 0, maximum: 1 };
  const threshold = realNumber(place, 'threshold', options.threshold ?? 0.5, range);
  return new Metric(type, textOf(place, 'name', options.name ?? type), { threshold });
}

/** Metrics with options; compile() also takes the names alone. */
export const metrics = {
  /** The share of samples whose label is among the k largest outputs. */
  topKCategoricalAccuracy: topK,
  /** The share of values on the right side of the threshold. */
  binaryAccuracy: binary,
};

/** 'accuracy' and 'acc' stand for the accuracy that suits the output; losses are metrics too. */
export type MetricName = (typeof chosenByOutput)[number] | AccuracyName | LossName | LossAlias;

/** A metric's name, metric or config. Names are checked by compile(). */
export type MetricOption = MetricName | Metric | MetricConfig | (string & {});

/** A metric on one output, as native code computes it. */
export interface ResolvedMetric {
  readonly name: string;
  readonly type: string;
  readonly attributes: Attributes;
}

/** The output that a metric is for. */
export interface MetricOutput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly loss: Loss;
}

function accuracyFor({ shape, loss }: MetricOutput): AccuracyName {
  if (loss.target === 'labels') return 'sparseCategoricalAccuracy';
  return shape.at(-1) === 1 ? 'binaryAccuracy' : 'categoricalAccuracy';
}

function named({ type, attributes }: Metric, name: string): ResolvedMetric {
  return { name, type, attributes };
}

function byName(place: string, name: string, output: MetricOutput): ResolvedMetric {
  oneOf(place, 'metric', name, knownNames);
  const isChosen = chosenByOutput.some((chosen) => chosen === name);
  const type = isChosen ? accuracyFor(output) : fullLossName(name);
  if (type === 'topKCategoricalAccuracy') return named(topK(), name);
  if (type === 'binaryAccuracy') return named(binary(), name);
  return { name, type, attributes: {} };
}

function metricFromConfig(place: string, { className, config }: ClassConfig): Metric {
  const factories: Readonly<
    Record<string, (options: TopKOptions & BinaryAccuracyOptions) => Metric>
  > = {
    topKCategoricalAccuracy: topK,
    binaryAccuracy: binary,
  };
  const name = oneOf(place, 'metric', className, Object.keys(factories));
  const factory = factories[name];
  if (factory === undefined) throw new OptionError(`no metric '${name}'`, { place });
  return factory(config as TopKOptions & BinaryAccuracyOptions);
}

function metricOf(place: string, value: MetricOption, output: MetricOutput): ResolvedMetric {
  if (typeof value === 'string') return byName(place, value, output);
  if (isInstance(value, Metric)) return value;
  const given = classConfigOf(place, value);
  if (given !== undefined) return metricFromConfig(place, given);
  throw new OptionError(`metric is ${shown(value)}; expected a name such as 'accuracy'`, {
    place,
  });
}

function targetOf(type: string): 'labels' | 'dense' | 'either' {
  return Object.hasOwn(accuracyTargets, type)
    ? accuracyTargets[type as AccuracyName]
    : resolveLoss('metric', type).target;
}

/**
 * The metric that an option stands for on this output. 'accuracy' becomes
 * sparseCategoricalAccuracy with labels, binaryAccuracy for outputs of one value, else
 * categoricalAccuracy. ERR_OPTION when it is unknown or wants other targets than the loss.
 */
export function resolveMetric(
  place: string,
  value: MetricOption,
  output: MetricOutput,
): ResolvedMetric {
  const { name, type, attributes } = metricOf(place, value, output);
  const wanted = targetOf(type);
  const { loss, shape } = output;
  if (wanted !== 'either' && wanted !== loss.target) {
    const kinds = { labels: 'class numbers', dense: 'one value for each output value' };
    throw new OptionError(
      `metric '${name}' takes ${kinds[wanted]}, but the loss ${loss.name} of output ` +
        `'${output.name}' takes ${kinds[loss.target]}; pass 'accuracy' to have the right one`,
      { place },
    );
  }
  const classes = shape.at(-1) ?? 1;
  if (type === 'topKCategoricalAccuracy' && Number(attributes.k) > classes) {
    throw new OptionError(
      `metric '${name}': k is ${String(attributes.k)}, more than the ${classes} values of ` +
        `output '${output.name}' ${shapeText(shape)}; pass metrics.topKCategoricalAccuracy({k})`,
      { place },
    );
  }
  return { name, type, attributes };
}
