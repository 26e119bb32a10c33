import { writeFileSync } from 'node:fs';
import type { Contest, ContestRow } from './contest.js';
import { bestPeer, goalLine, goalsOf } from './contestGoals.js';
import { machine } from './machine.js';
import { peerTitle, type PeerName } from './peers.js';

/** Three digits, so that .3 ms and 700 ms both say enough. */
function shortened(milliseconds: number): string {
  return milliseconds < 100 ? milliseconds.toPrecision(3) : milliseconds.toFixed(0);
}

function ratioCell({ peers, cannot }: ContestRow, peer: PeerName): string {
  const result = peers[peer];
  if (result !== undefined) return result.ratio.toFixed(2);
  return cannot[peer] === undefined ? '-' : 'cannot';
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [row(heads), row(heads.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(row)];
}

/** The peers that answered, in the order of the columns. */
function peersOf({ versions }: Contest): readonly PeerName[] {
  return (['onnxruntime', 'torch', 'keras'] as const).filter((peer) => peer in versions);
}

function trainingTable(contest: Contest): string[] {
  const peers = peersOf(contest);
  const heads = [
    'network',
    'batch',
    'step ms',
    ...peers.map((peer) => `${peerTitle(peer)} / ours`),
  ];
  const cells = contest.rows.map((each) => {
    const best = bestPeer(each);
    return [
      each.network,
      String(each.batch),
      shortened(each.milliseconds),
      ...peers.map((peer) => ratioCell(each, peer)),
      best === undefined ? '-' : best.title,
      each.stepOverPrimitives?.toFixed(2) ?? '-',
    ];
  });
  return table([...heads, 'best peer', 'step / bare primitives'], cells);
}

function predictionTable({ rows, ...contest }: Contest): string[] {
  const peers = peersOf({ rows, ...contest });
  const batches = [...new Set(rows.map(({ batch }) => batch))];
  const names = [...new Set(rows.map(({ network }) => network))];
  const heads = ['network', 'ours, ms', ...peers.map((peer) => `${peerTitle(peer)} / ours`)];
  const cells = names.map((name) => {
    const of = batches.flatMap((batch) =>
      rows.filter((each) => each.network === name && each.batch === batch),
    );
    return [
      name,
      of.map((each) => shortened(each.milliseconds)).join(', '),
      ...peers.map((peer) => of.map((each) => ratioCell(each, peer)).join(', ')),
    ];
  });
  return table(heads, cells);
}

const explanations = {
  train: [
    'A training step: from the call of the compiled program to its settled promise; of PyTorch (channels_last)',
    'and of Keras (one tf.function) until the loss is a number.',
  ],
  predict: [
    'One call at batches of 1, 8 and 32: of node-cudnn through model.predict and its promise; of ONNX Runtime',
    'through session.run, of PyTorch (channels_last) in inference_mode, of Keras as one tf.function, from Python.',
  ],
};

function versionLine(contest: Contest): string {
  const versions = peersOf(contest).map(
    (peer) => `${peerTitle(peer)} ${contest.versions[peer] ?? ''}`,
  );
  return [`Node.js ${process.version.slice(1)}`, ...versions].join(', ');
}

/** The table, then each goal on a line. */
export function contestText(contest: Contest): string {
  const lines = contest.mode === 'train' ? trainingTable(contest) : predictionTable(contest);
  const goals = goalsOf(contest).map((goal) => `- ${goalLine(goal)}`);
  return [...lines, ...(goals.length === 0 ? [] : ['', ...goals])].join('\n');
}

/** The same as a page that says where, when and against what it was measured. */
export function writeContest(file: string, contest: Contest): void {
  const [title, option] =
    contest.mode === 'train'
      ? ['Training on a CPU', '--networks']
      : ['Prediction on a CPU', '--predict'];
  const rounds = contest.rounds === 1 ? 'one round' : `medians of ${contest.rounds} rounds`;
  const lines = [
    `# ${title}`,
    '',
    `Made by \`npm run bench -- ${option}\` on ${new Date().toISOString().slice(0, 10)}; float32, all threads, ` +
      `${rounds} in which node-cudnn and its peers took turns.`,
    `${machine()}. ${versionLine(contest)}.`,
    '',
    ...explanations[contest.mode],
    'A ratio above 1 says that node-cudnn is faster.',
    '',
    contestText(contest),
    '',
  ];
  writeFileSync(file, lines.join('\n'));
}
