import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { isArray, listOf } from '../errors/lists.js';
import { isPlain } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import type { Loss } from '../losses/loss.js';
import {
  Metric,
  resolveMetric,
  type MetricOption,
  type ResolvedMetric,
} from '../metrics/metric.js';
import type { MetricSpec } from '../native/program.js';
import { forOutputs, type Output } from './outputs.js';
import type { MetricSlot } from './trainable.js';

type MetricsOf = MetricOption | readonly MetricOption[];

/** Metrics of every output with a loss, or by output name. */
export type MetricOptions = MetricsOf | Readonly<Record<string, MetricsOf>>;

const place = 'compile()';

/** The metrics of each output as given. ERR_OPTION when the argument has another form. */
export function metricOptions(
  option: 'metrics' | 'weightedMetrics',
  value: unknown,
  outputs: readonly Output[],
  losses: readonly (Loss | undefined)[],
): readonly (readonly MetricOption[])[] {
  if (value === undefined || value === null) return outputs.map(() => []);
  if (isArray(value) || isMetric(value)) {
    const list = metricList(option, value as MetricsOf);
    return losses.map((loss) => (loss === undefined ? [] : list));
  }
  if (!isPlain(value)) {
    throw new OptionError(`${option} is ${shown(value)}; expected an array such as ['accuracy']`, {
      place,
    });
  }
  const records = value as Readonly<Record<string, MetricsOf>>;
  return forOutputs(option, records, outputs).map((list) => metricList(option, list ?? []));
}

function metricList(option: string, value: MetricsOf): readonly MetricOption[] {
  const limits = { longest: 1000, expected: "an array such as ['accuracy']" };
  const list = isArray(value) ? value : [value];
  return listOf(place, option, list, limits) as readonly MetricOption[];
}

// Apart from a record by output name.
function isMetric(value: unknown): value is MetricOption {
  if (typeof value === 'string' || isInstance(value, Metric)) return true;
  return isPlain(value) && typeof value.className === 'string';
}

/** A metric with its key in logs. */
export interface NamedMetric {
  readonly slot: MetricSlot;
  readonly spec: MetricSpec;
}

/** Gives the metrics of all outputs their keys: 'accuracy', or 'digit_accuracy' among several. */
class MetricNaming {
  private readonly taken = new Set<string>();

  constructor(
    private readonly outputs: readonly Output[],
    private readonly losses: readonly (Loss | undefined)[],
  ) {}

  named(lists: readonly (readonly MetricOption[])[], weighted: boolean): NamedMetric[] {
    return lists.flatMap((list, output) =>
      list.map((value) => {
        const { name, type, attributes } = this.resolved(value, output);
        const key = this.key(output, name, weighted);
        return { slot: { name: key }, spec: { type, output, attributes, weighted } };
      }),
    );
  }

  private resolved(value: MetricOption, position: number): ResolvedMetric {
    const { name, shape } = this.outputs[position] ?? { name: '', shape: [] };
    const loss = this.losses[position];
    if (loss !== undefined) return resolveMetric(place, value, { name, shape, loss });
    throw new OptionError(
      `output '${name}' has metrics but no loss, so its targets are not known; give it a loss, ` +
        'with lossWeights 0 if it should not count',
      { place },
    );
  }

  private key(output: number, name: string, weighted: boolean): string {
    const prefix = this.outputs.length > 1 ? `${this.outputs[output]?.name ?? ''}_` : '';
    const plain = `${prefix}${name}`;
    const key = weighted && this.taken.has(plain) ? `${prefix}weighted_${name}` : plain;
    if (this.taken.has(key)) throw new OptionError(`metric '${name}' is given twice`, { place });
    this.taken.add(key);
    return key;
  }
}

/** The metrics in native code's order: all plain ones, then the weighted ones. */
export function resolvedMetrics(
  lists: Readonly<Record<'metrics' | 'weightedMetrics', readonly (readonly MetricOption[])[]>>,
  outputs: readonly Output[],
  losses: readonly (Loss | undefined)[],
): NamedMetric[] {
  const naming = new MetricNaming(outputs, losses);
  return [...naming.named(lists.metrics, false), ...naming.named(lists.weightedMetrics, true)];
}
