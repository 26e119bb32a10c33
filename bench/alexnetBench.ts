import { measurePeakMemory } from './memory.js';
import { formatReport, type BenchReport } from './alexnetReport.js';
import { hasPeer, measurePeer } from './peers.js';
import { progress } from './progress.js';
import { measureSeam } from './seam.js';
import { measureStep, type StepReport } from './step.js';

export interface AlexnetOptions {
  readonly json: boolean;
  readonly peers: boolean;
  readonly batch: number;
  readonly repeats: number;
}

async function step(
  network: 'paper' | 'plain',
  { batch, repeats }: AlexnetOptions,
): Promise<StepReport> {
  progress(`node-cudnn, ${network} AlexNet, batch ${String(batch)}`);
  return measureStep(network, batch, repeats);
}

/** Runs the peers that this machine has, next to the measurements that they are compared with. */
async function addPeers(
  report: BenchReport,
  { batch, repeats }: AlexnetOptions,
  [paper, plain]: readonly [StepReport, StepReport],
): Promise<void> {
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
  }
  if (await hasPeer('keras')) {
    const keras = await peer('keras', 'plain');
    report.plainOverTensorFlow = plain.imagesPerSecond / keras.imagesPerSecond;
  }
}

/** The AlexNets' steps against their primitives, and against the peers. */
export async function alexnetBench(options: AlexnetOptions): Promise<void> {
  const paper = await step('paper', options);
  const plain = await step('plain', options);
  const seamMilliseconds = await measureSeam(2000);
  const report: BenchReport = {
    stepOverPrimitives: paper.stepOverPrimitives,
    seamShare: seamMilliseconds / paper.stepMilliseconds,
    steps: [paper, plain],
    peers: [],
    seamMilliseconds,
    peakMemoryBytes: await measurePeakMemory('paper', options.batch),
  };
  if (options.peers) await addPeers(report, options, [paper, plain]);
  console.log(options.json ? JSON.stringify(report) : formatReport(report));
}
