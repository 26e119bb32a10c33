import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { Device } from './devices.js';
import type { Planned, PlanResult, Precision } from './plan.js';
import type { Refusal } from './refusals.js';

/** The plans of one process. */
export interface Job {
  readonly device: Device;
  readonly precision: Precision;
  /** Names. */
  readonly networks: readonly string[];
  readonly batchSizes: readonly number[];
  /** Whether to tell every command of each plan. */
  readonly commands: boolean;
  /** A folder: a graph that several jobs share is built once. */
  readonly planCache: string;
}

export type WorkerMessage =
  | { readonly kind: 'begin'; readonly planned: Planned }
  | { readonly kind: 'plan'; readonly result: PlanResult; readonly seconds: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'done' };

export interface Outcome {
  readonly results: PlanResult[];
  readonly refused: Refusal[];
}

type Progress = (text: string) => void;

function planText({ device, network, precision, mode, batchSize }: Planned): string {
  return `${device} ${precision} ${network} ${mode} ${batchSize}`;
}

/** Runs a job in a process of its own. A crash becomes a refusal of the plan that it was at. */
function runJob(job: Job, outcome: Outcome, progress: Progress): Promise<void> {
  const { device, precision } = job;
  let at: Planned = { device: device.name, network: '', precision, mode: 'train', batchSize: 0 };
  let done = false;
  const onMessage = (message: WorkerMessage): void => {
    if (message.kind === 'begin') at = message.planned;
    if (message.kind === 'done') done = true;
    if (message.kind === 'plan') {
      outcome.results.push(message.result);
      progress(`${planText(at)}: ${message.seconds.toFixed(1)} s`);
    }
    if (message.kind === 'refused') {
      outcome.refused.push(message.refusal);
      const { graph, reason } = message.refusal;
      progress(`${planText(message.refusal)}: ${graph === '' ? '' : `${graph}: `}${reason}`);
    }
  };
  return new Promise((resolve) => {
    // Its stdout is for the report alone.
    const child = fork(fileURLToPath(new URL('worker.js', import.meta.url)), {
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    child.on('message', onMessage);
    child.on('exit', (code, signal) => {
      if (!done) {
        const end = signal === null ? `status ${code ?? 'unknown'}` : `signal ${signal}`;
        outcome.refused.push({ ...at, graph: '', reason: `the process ended with ${end}` });
        progress(`${planText(at)}: the process ended with ${end}`);
      }
      resolve();
    });
    child.send(job);
  });
}

/** Runs the jobs, `atOnce` at a time. */
export async function runJobs(
  jobs: readonly Job[],
  atOnce: number,
  progress: Progress,
): Promise<Outcome> {
  const outcome: Outcome = { results: [], refused: [] };
  const waiting = [...jobs];
  const lane = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      await runJob(job, outcome, progress);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return outcome;
}
