import type { BenchNetwork } from './networks/benchNetwork.js';
import type { PeerName } from './peers.js';
import { progress } from './progress.js';
import { median } from './statistics.js';
import { taskOf, type Mode } from './task.js';
import { Worker, type Runner, type WorkerLine } from './worker.js';

/** A peer on one network and batch. */
export interface PeerResult {
  readonly milliseconds: number;
  /** Its time over ours, the median of the rounds' ratios: above 1 where node-cudnn is faster. */
  readonly ratio: number;
}

/** One network with one batch size: medians of the rounds. */
export interface ContestRow {
  readonly network: string;
  readonly batch: number;
  readonly milliseconds: number;
  readonly peers: Partial<Record<PeerName, PeerResult>>;
  /** Why a peer has no result. */
  readonly cannot: Partial<Record<PeerName, string>>;
  /** Of a training: the median of the rounds' ratios. */
  readonly stepOverPrimitives?: number;
}

export interface Contest {
  readonly mode: Mode;
  readonly rounds: number;
  readonly versions: Partial<Record<PeerName, string>>;
  readonly rows: ContestRow[];
}

/** The times of one batch size, a list for each runner. */
interface Times {
  readonly of: Map<Runner, number[]>;
  readonly stepOverPrimitives: number[];
}

/** Threads that still spin after a turn have gone to sleep by then. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 30));

function milliseconds({ milliseconds: time }: WorkerLine): number {
  if (time === undefined) throw new Error('a turn ended without a time');
  return time;
}

async function round(workers: readonly Worker[], batch: number, times: Times, mode: Mode) {
  for (const worker of workers) {
    await pause();
    const time = milliseconds(await worker.ask('run', batch));
    const list = times.of.get(worker.runner) ?? [];
    times.of.set(worker.runner, [...list, time]);
    if (worker.runner !== 'node-cudnn' || mode === 'predict') continue;
    const { primitivesMilliseconds } = await worker.ask('primitives', batch);
    if (primitivesMilliseconds !== undefined) {
      times.stepOverPrimitives.push(time / primitivesMilliseconds);
    }
  }
}

function toRow(network: string, batch: number, times: Times, cannot: ContestRow['cannot']) {
  const own = times.of.get('node-cudnn') ?? [];
  const peers: Partial<Record<PeerName, PeerResult>> = {};
  for (const [runner, list] of times.of) {
    if (runner === 'node-cudnn') continue;
    const ratios = list.map((time, i) => time / (own[i] ?? NaN));
    peers[runner] = { milliseconds: median(list), ratio: median(ratios) };
  }
  const row = { network, batch, milliseconds: median(own), peers, cannot };
  const { stepOverPrimitives: steps } = times;
  return steps.length === 0 ? row : { ...row, stepOverPrimitives: median(steps) };
}

/** The workers that are ready; what the others cannot do. */
async function ready(workers: readonly Worker[], contest: Contest) {
  const cannot: Partial<Record<PeerName, string>> = {};
  const able: Worker[] = [];
  // All begin at once, since none is timed yet.
  const lines = await Promise.all(workers.map((worker) => worker.line()));
  lines.forEach(({ version, cannot: reason }, i) => {
    const worker = workers[i];
    if (worker === undefined) return;
    if (worker.runner !== 'node-cudnn') {
      if (version !== undefined) contest.versions[worker.runner] = version;
      if (reason !== undefined) cannot[worker.runner] = reason;
    }
    if (reason === undefined) able.push(worker);
  });
  return { able, cannot };
}

/**
 * Adds the rows of a network: a process for node-cudnn and for each peer, which take turns, so that
 * all see the machine in the same state.
 */
export async function addNetwork(
  contest: Contest,
  network: BenchNetwork,
  batches: readonly number[],
  peers: readonly PeerName[],
): Promise<void> {
  progress(`${network.name}, batch ${batches.join(', ')}`);
  const task = taskOf(network, contest.mode, batches);
  const runners: readonly Runner[] = ['node-cudnn', ...peers];
  const workers = runners.map((runner) => new Worker(runner, task));
  try {
    const { able, cannot } = await ready(workers, contest);
    for (const [peer, reason] of Object.entries(cannot)) progress(`  ${peer} cannot: ${reason}`);
    const timesOf = batches.map((): Times => ({ of: new Map(), stepOverPrimitives: [] }));
    for (let i = 0; i < contest.rounds; i++) {
      for (const [position, times] of timesOf.entries()) {
        await round(able, batches[position] ?? 0, times, contest.mode);
      }
    }
    timesOf.forEach((times, i) =>
      contest.rows.push(toRow(network.name, batches[i] ?? 0, times, cannot)),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}
