import type { CommandDescription } from 'node-cudnn';

import type { Device } from './devices.js';
import { peaksOf } from './peaks.js';
import type { NetworkPlan, Planned } from './plan.js';
import type { PlansReport } from './report.js';

type Cell = string | number;

const columns = [
  'network',
  'precision',
  'mode',
  'batch',
  'graphs',
  'fused',
  'engines',
  'launches',
  'workspace MiB',
  'arena MiB',
  'weights MiB',
  'GFLOP',
  'GB moved',
  'non-matrix',
  'roofline ms',
];

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

function rowOf(plan: NetworkPlan): Cell[] {
  const ratio = plan.nonMatrixBytes / plan.leastNonMatrixBytes;
  return [
    plan.network,
    plan.precision,
    plan.mode,
    plan.batchSize,
    plan.graphs,
    plan.fusedNodes,
    plan.engines.length,
    plan.launches,
    mebibytes(plan.workspaceBytes),
    mebibytes(plan.arenaBytes),
    mebibytes(plan.persistentBytes),
    (plan.flops / 1e9).toFixed(1),
    (plan.bytes / 1e9).toFixed(3),
    `${ratio.toFixed(2)} x least`,
    plan.rooflineMilliseconds?.toFixed(3) ?? 'unknown',
  ];
}

/** Columns as wide as their widest cell; text to the left, the rest to the right. */
function table(rows: readonly (readonly Cell[])[]): string[] {
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        return i < 3 ? String(cell).padEnd(width) : String(cell).padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function deviceLines(device: Device, plans: readonly NetworkPlan[]): string[] {
  const peaks = peaksOf(device.deviceName);
  const rates =
    peaks === undefined
      ? 'peaks not known'
      : [
          `TF32 ${peaks.tf32}`,
          ...(peaks.bf16 === undefined ? [] : [`bf16 ${peaks.bf16}`]),
          `FP32 ${peaks.float32} TFLOP/s`,
          `${peaks.bandwidth} GB/s`,
        ].join(', ');
  return [
    `${device.name}: ${device.deviceName} (${rates})`,
    ...table([columns, ...plans.map(rowOf)]),
    ...plans.flatMap(commandLines),
  ];
}

/** Lines that differ only in network, mode and batch size become one, with a count. */
function grouped<T extends Planned>(items: readonly T[], text: (item: T) => string): string[] {
  const counts = new Map<string, number>();
  for (const item of items) {
    const line = `  ${item.device} ${item.precision}  ${text(item)}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line} (${count} plans)`));
}

function commandLine(command: CommandDescription): string {
  const { name, nodes, output, bytesRead, bytesWritten, flops, detail } = command;
  const amount = [
    `${mebibytes(bytesRead + bytesWritten)} MiB`,
    ...(flops === 0 ? [] : [`${(flops / 1e9).toFixed(2)} GFLOP`]),
  ].join(', ');
  return `  ${name}  ${output}  ${amount}  ${[nodes.join(' + '), detail].filter(Boolean).join('; ')}`;
}

function commandLines(plan: NetworkPlan): string[] {
  const { commands, precision, network, mode, batchSize } = plan;
  if (commands === undefined) return [];
  return ['', `${network} ${precision} ${mode} ${batchSize}:`, ...commands.map(commandLine)];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

/** The report for a person. */
export function formatReport(devices: readonly Device[], report: PlansReport): string {
  const lines = devices.flatMap((device) => {
    const plans = report.networks.filter((plan) => plan.device === device.name);
    return plans.length === 0 ? [] : [...deviceLines(device, plans), ''];
  });
  const refused = (refusal: (typeof report.refused)[number]): string =>
    `${refusal.network} ${refusal.graph}: ${refusal.reason}`;
  return [
    ...lines,
    `${report.built} of ${report.graphs} operation graphs were built`,
    ...section(
      'Split (a fusion that cuDNN refuses, done in several passes):',
      grouped(report.splits, ({ network, command, reason }) => `${network} ${command}: ${reason}`),
    ),
    ...section(
      'Not supported (the device does not have this precision):',
      grouped(report.unsupported, refused),
    ),
    ...section('Refused:', grouped(report.refused, refused)),
  ].join('\n');
}
