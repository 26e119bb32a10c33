/**
 * npm run bench [-- --json] [--peers] [--batch 64] [--repeats 3]
 *
 * Times training steps on this machine, against the sum of their oneDNN primitives and, with
 * --peers, against PyTorch and TensorFlow in the Python environment of NODE_CUDNN_BENCH_PYTHON (or
 * python3). Every ratio compares two measurements of this run. --json prints one object.
 */
import { parseArgs } from 'node:util';
import { measurePeakMemory } from './memory.js';
import { hasPeer, measurePeer } from './peers.js';
import { formatReport, type BenchReport } from './report.js';
import { measureSeam } from './seam.js';
import { measureStep, type StepReport } from './step.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    batch: { type: 'string', default: '64' },
    repeats: { type: 'string', default: '3' },
  },
});
const batch = Number(options.batch);
const repeats = Number(options.repeats);

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function step(network: 'paper' | 'plain'): Promise<StepReport> {
  progress(`node-cudnn, ${network} AlexNet, batch ${String(batch)}`);
  return measureStep(network, batch, repeats);
}

/** Runs the peers that this machine has, next to the measurements that they are compared with. */
async function addPeers(report: BenchReport, paper: StepReport, plain: StepReport): Promise<void> {
  const peer = async (name: 'torch' | 'keras', network: 'paper' | 'plain') => {
    progress(`${name}, ${network} AlexNet, batch ${String(batch)}`);
    const measured = await measurePeer(name, network, batch, 2 * repeats);
    report.peers.push(measured);
    return measured;
  };
  if (await hasPeer('torch')) {
    const torchPaper = await peer('torch', 'paper');
    report.paperOverPyTorch = paper.imagesPerSecond / torchPaper.imagesPerSecond;
    report.memoryOverPyTorch = report.peakMemoryBytes / torchPaper.peakMemoryBytes;
    const torchPlain = await peer('torch', 'plain');
    report.plainOverPyTorch = plain.imagesPerSecond / torchPlain.imagesPerSecond;
  } else {
    progress('PyTorch was not found; set NODE_CUDNN_BENCH_PYTHON to a Python that has it');
  }
  if (await hasPeer('keras')) {
    const keras = await peer('keras', 'plain');
    report.plainOverTensorFlow = plain.imagesPerSecond / keras.imagesPerSecond;
  } else {
    progress('TensorFlow was not found; set NODE_CUDNN_BENCH_PYTHON to a Python that has it');
  }
}

const paper = await step('paper');
const plain = await step('plain');
const seamMilliseconds = await measureSeam(2000);
const report: BenchReport = {
  stepOverPrimitives: paper.stepOverPrimitives,
  seamShare: seamMilliseconds / paper.stepMilliseconds,
  steps: [paper, plain],
  peers: [],
  seamMilliseconds,
  peakMemoryBytes: await measurePeakMemory('paper', batch),
};
if (options.peers) await addPeers(report, paper, plain);
console.log(options.json ? JSON.stringify(report) : formatReport(report));
