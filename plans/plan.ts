import type { CommandDescription, PlanDescription } from 'node-cudnn';

import type { Device } from './devices.js';
import { peaksOf, rooflineMilliseconds } from './peaks.js';

export type Precision = 'tf32' | 'bf16' | 'float32';
export type Mode = 'train' | 'predict';

/** What is planned: a network on a device. */
export interface Planned {
  readonly device: string;
  readonly network: string;
  readonly precision: Precision;
  readonly mode: Mode;
  readonly batchSize: number;
}

/** What a plan does; sizes in bytes. */
export interface NetworkPlan extends Planned {
  /** Distinct operation graphs. */
  readonly graphs: number;
  /** Commands that do several operations in one pass. */
  readonly fusedNodes: number;
  /** Distinct engines of cuDNN. */
  readonly engines: readonly string[];
  /** Of the command that needs most. */
  readonly workspaceBytes: number;
  readonly arenaBytes: number;
  /** Weights, optimizer state and accumulators. */
  readonly persistentBytes: number;
  readonly launches: number;
  readonly flops: number;
  readonly bytes: number;
  readonly nonMatrixBytes: number;
  readonly leastNonMatrixBytes: number;
  /** Null for a device whose peaks are not known. */
  readonly rooflineMilliseconds: number | null;
  /** With --commands. */
  readonly commands?: readonly CommandDescription[];
}

/** Fused operations that cuDNN refused, and that are done in several passes. */
export interface Split extends Planned {
  readonly command: string;
  readonly reason: string;
}

/** A plan with the keys of its graphs, by which equal ones of several plans are found. */
export interface PlanResult {
  readonly plan: NetworkPlan;
  readonly graphKeys: readonly string[];
  readonly splits: readonly Split[];
}

function engineOf(detail: string): string {
  return detail.split(';')[0] ?? '';
}

function splitOf(planned: Planned, text: string): Split {
  const [command = '', ...reason] = text.split(': ');
  return { ...planned, command, reason: reason.join(': ') };
}

export function planResult(
  planned: Planned,
  device: Device,
  description: PlanDescription,
  withCommands: boolean,
): PlanResult {
  const { commands } = description;
  const graphs = commands.filter(({ graphKey }) => graphKey !== '');
  const graphKeys = [...new Set(graphs.map(({ graphKey }) => graphKey))];
  const peaks = peaksOf(device.deviceName);
  const roofline = peaks && rooflineMilliseconds(commands, peaks, planned.precision);
  return {
    plan: {
      ...planned,
      graphs: graphKeys.length,
      fusedNodes: commands.filter(({ nodes }) => nodes.length > 1).length,
      engines: [...new Set(graphs.map(({ detail }) => engineOf(detail)))].sort(),
      workspaceBytes: Math.max(0, ...commands.map(({ scratchBytes }) => scratchBytes)),
      arenaBytes: description.arenaBytes,
      persistentBytes: description.persistentBytes,
      launches: description.launches,
      flops: description.flops,
      bytes: description.bytes,
      nonMatrixBytes: description.nonMatrixBytes,
      leastNonMatrixBytes: description.leastNonMatrixBytes,
      rooflineMilliseconds: roofline ?? null,
      ...(withCommands ? { commands } : {}),
    },
    graphKeys,
    splits: description.splits.map((text) => splitOf(planned, text)),
  };
}
