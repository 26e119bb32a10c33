import type { PeerReport } from './peers.js';
import type { StepReport } from './step.js';

/** Everything that `npm run bench` measures; a ratio is absent where its peer was not run. */
export interface BenchReport {
  /** Training step of the paper's AlexNet over the sum of its bare primitives; at most 1.25. */
  stepOverPrimitives: number;
  /** Images a second of plain AlexNet over PyTorch's (channels_last); at least 1.3. */
  plainOverPyTorch?: number;
  /** Images a second of plain AlexNet over TensorFlow's; at least 1.1. */
  plainOverTensorFlow?: number;
  /** Images a second of the paper's AlexNet over PyTorch's; at least 4. */
  paperOverPyTorch?: number;
  /** Peak memory of the paper's AlexNet over PyTorch's; at most 0.7. */
  memoryOverPyTorch?: number;
  /** Share of a step that JavaScript and the seam take; below 0.01. */
  seamShare: number;
  readonly steps: StepReport[];
  readonly peers: PeerReport[];
  seamMilliseconds: number;
  peakMemoryBytes: number;
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function stepTable(steps: readonly StepReport[]): string[] {
  const lines = [
    row(['network', 'batch', 'images/s', 'step ms', 'bare primitives ms', 'ratio']),
    row(['---', '---:', '---:', '---:', '---:', '---:']),
  ];
  for (const step of steps) {
    lines.push(
      row([
        step.network,
        step.batch,
        step.imagesPerSecond.toFixed(1),
        step.stepMilliseconds.toFixed(1),
        step.primitivesMilliseconds.toFixed(1),
        step.stepOverPrimitives.toFixed(3),
      ]),
    );
  }
  return lines;
}

function gapLines(step: StepReport): string[] {
  const causes: [string, number][] = [
    [
      'primitives slower within the step',
      step.primitivesInStepMilliseconds - step.primitivesMilliseconds,
    ],
    ...Object.entries(step.gap),
    ['feeding, seam and JavaScript', step.outsideMilliseconds],
  ];
  return [
    `Gap of ${step.network}, by cause (ms a step):`,
    ...causes.map(([cause, milliseconds]) => `  ${cause.padEnd(36)}${milliseconds.toFixed(1)}`),
  ];
}

function ratioLine(name: string, value: number | undefined, bound: string): string {
  return `${name.padEnd(22)}${value === undefined ? 'not run' : value.toFixed(4)}  (${bound})`;
}

/** The report for a person. */
export function formatReport(report: BenchReport): string {
  const lines = [...stepTable(report.steps), ''];
  for (const step of report.steps) lines.push(...gapLines(step), '');
  for (const peer of report.peers) {
    lines.push(
      `${peer.peer} ${peer.version}, ${peer.model}, batch ${String(peer.batch)}: ` +
        `${peer.imagesPerSecond.toFixed(1)} images/s, ` +
        `peak ${(peer.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`,
    );
  }
  lines.push(
    `node-cudnn, paper: peak ${(report.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`,
    `JavaScript and the seam: ${report.seamMilliseconds.toFixed(3)} ms a step`,
    '',
    ratioLine('stepOverPrimitives', report.stepOverPrimitives, 'at most 1.25'),
    ratioLine('plainOverPyTorch', report.plainOverPyTorch, 'at least 1.3'),
    ratioLine('plainOverTensorFlow', report.plainOverTensorFlow, 'at least 1.1'),
    ratioLine('paperOverPyTorch', report.paperOverPyTorch, 'at least 4'),
    ratioLine('memoryOverPyTorch', report.memoryOverPyTorch, 'at most 0.7'),
    ratioLine('seamShare', report.seamShare, 'below 0.01'),
  );
  return lines.join('\n');
}
