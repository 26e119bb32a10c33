import type { Contest, ContestRow } from './contest.js';
import { peerTitle, type PeerName } from './peers.js';
import { median } from './statistics.js';

/** A bound that a contest has to keep. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly bound: number;
  readonly atLeast: boolean;
  /** The row that decides, where it is one. */
  readonly where?: string;
}

/** The peer that comes nearest to node-cudnn, or is faster. */
export function bestPeer({ peers }: ContestRow): { title: string; ratio: number } | undefined {
  let best: { title: string; ratio: number } | undefined;
  for (const [name, { ratio }] of Object.entries(peers) as [PeerName, { ratio: number }][]) {
    if (best === undefined || ratio < best.ratio) best = { title: peerTitle(name), ratio };
  }
  return best;
}

interface Measured {
  readonly where: string;
  readonly value: number;
}

/** `valueOf` each row that has it. */
function measured(
  rows: readonly ContestRow[],
  valueOf: (row: ContestRow) => number | undefined,
): readonly Measured[] {
  return rows.flatMap((row) => {
    const value = valueOf(row);
    return value === undefined ? [] : [{ where: `${row.network}, batch ${row.batch}`, value }];
  });
}

/** Nothing where nothing was measured; else a bound on the worst of the values. */
function worst(
  what: string,
  values: readonly Measured[],
  bound: number,
  atLeast: boolean,
): readonly Goal[] {
  const [first, ...others] = [...values].sort((a, b) =>
    atLeast ? a.value - b.value : b.value - a.value,
  );
  if (first === undefined) return [];
  const where = others.length === 0 ? {} : { where: first.where };
  return [{ what, value: first.value, bound, atLeast, ...where }];
}

function trainingGoals(rows: readonly ContestRow[]): readonly Goal[] {
  const ratios = measured(rows, (row) => bestPeer(row)?.ratio);
  const steps = (small: boolean) =>
    measured(rows, (row) =>
      (row.network === 'mlp') === small ? row.stepOverPrimitives : undefined,
    );
  const middle = { what: "best peer's time / ours, median", bound: 1.5, atLeast: true };
  return [
    ...worst("best peer's time / ours, least", ratios, 1.15, true),
    ...(ratios.length < 2 ? [] : [{ ...middle, value: median(ratios.map((each) => each.value)) }]),
    ...worst('step / bare primitives, most', steps(false), 1.15, false),
    ...worst('step / bare primitives, mlp', steps(true), 1.4, false),
  ];
}

function predictionGoals(rows: readonly ContestRow[]): readonly Goal[] {
  const title = peerTitle('onnxruntime');
  const at = (wanted: (batch: number) => boolean) =>
    measured(rows, ({ batch, peers }) => (wanted(batch) ? peers.onnxruntime?.ratio : undefined));
  return [
    ...worst(
      `${title}'s time / ours, batch 8 and 32, least`,
      at((n) => n > 1),
      1,
      true,
    ),
    ...worst(
      `${title}'s time / ours, batch 1, least`,
      at((n) => n === 1),
      1 / 1.3,
      true,
    ),
  ];
}

export function goalsOf({ mode, rows }: Contest): readonly Goal[] {
  return mode === 'train' ? trainingGoals(rows) : predictionGoals(rows);
}

export function goalLine({ what, value, bound, atLeast, where }: Goal): string {
  const met = atLeast ? value >= bound : value <= bound;
  const place = where === undefined ? '' : ` (${where})`;
  const limit = `${atLeast ? 'at least' : 'at most'} ${Number(bound.toFixed(2))}`;
  return `${what}: ${value.toFixed(2)}${place}; goal ${limit}: ${met ? 'met' : 'missed'}`;
}
