import type { Device } from './devices.js';
import type { Outcome } from './jobs.js';
import type { NetworkPlan, PlanResult, Split } from './plan.js';
import { hasPrecision, type Refusal } from './refusals.js';

/** Everything that `npm run plans` finds: docs/plans.md. */
export interface PlansReport {
  /** Distinct operation graphs, summed over devices and precisions. */
  readonly graphs: number;
  /** Those that cuDNN built a plan for. */
  readonly built: number;
  readonly refused: readonly Refusal[];
  /** Plans in a precision that the device does not have, with cuDNN's reason. */
  readonly unsupported: readonly Refusal[];
  readonly splits: readonly Split[];
  readonly networks: readonly NetworkPlan[];
}

const modes = ['train', 'predict'];
const precisions = ['tf32', 'bf16', 'float32'];

function order(devices: readonly Device[]): (plan: NetworkPlan) => readonly (string | number)[] {
  const names = devices.map(({ name }) => name);
  return ({ device, precision, network, mode, batchSize }) => [
    names.indexOf(device),
    precisions.indexOf(precision),
    network,
    modes.indexOf(mode),
    batchSize,
  ];
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  const different = a.findIndex((value, i) => value !== b[i]);
  if (different < 0) return 0;
  return (a[different] ?? 0) < (b[different] ?? 0) ? -1 : 1;
}

function countGraphs(results: readonly PlanResult[]): number {
  const all = results.flatMap(({ plan, graphKeys }) =>
    graphKeys.map((key) => `${plan.device} ${plan.precision} ${key}`),
  );
  return new Set(all).size;
}

/** Refusals that name the same graph on the same device are of one graph. */
function countRefused(refused: readonly Refusal[]): number {
  return new Set(
    refused.map(({ device, precision, network, graph }) =>
      [device, precision, network, graph].join(' '),
    ),
  ).size;
}

export function makeReport(devices: readonly Device[], outcome: Outcome): PlansReport {
  const isUnsupported = ({ device, precision, graph }: Refusal): boolean => {
    const found = devices.find(({ name }) => name === device);
    return graph !== '' && found !== undefined && !hasPrecision(found, precision);
  };
  const refused = outcome.refused.filter((refusal) => !isUnsupported(refusal));
  const built = countGraphs(outcome.results);
  const orderOf = order(devices);
  return {
    graphs: built + countRefused(refused),
    built,
    refused,
    unsupported: outcome.refused.filter(isUnsupported),
    splits: outcome.results.flatMap(({ splits }) => splits),
    networks: outcome.results
      .map(({ plan }) => plan)
      .sort((a, b) => compare(orderOf(a), orderOf(b))),
  };
}
