import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NetworkName } from './alexnets.js';
import { progress } from './progress.js';

/** What one run of a peer's script measured. */
export interface PeerReport {
  readonly peer: string;
  readonly version: string;
  readonly model: string;
  readonly batch: number;
  readonly imagesPerSecond: number;
  readonly peakMemoryBytes: number;
}

export type PeerName = 'torch' | 'keras' | 'onnxruntime';

/** What a table calls a peer, and what Python has to have for it. */
const peers: Readonly<Record<PeerName, { readonly title: string; readonly modules: string }>> = {
  torch: { title: 'PyTorch', modules: 'torch' },
  keras: { title: 'Keras', modules: 'tensorflow, keras' },
  onnxruntime: { title: 'ONNX Runtime', modules: 'onnxruntime, onnx, torch' },
};

const run = promisify(execFile);

/** NODE_CUDNN_BENCH_PYTHON, or python3 from the PATH. */
export const python = process.env.NODE_CUDNN_BENCH_PYTHON ?? 'python3';

export function peerTitle(peer: PeerName): string {
  return peers[peer].title;
}

/** A file of bench/peers: this one is compiled to dist/bench, two levels below their root. */
export function peerScript(name: string): string {
  return fileURLToPath(new URL(`../../bench/peers/${name}.py`, import.meta.url));
}

/** True when Python can import what the peer needs; else says that the peer is left out. */
export async function hasPeer(peer: PeerName): Promise<boolean> {
  const { title, modules } = peers[peer];
  try {
    await run(python, ['-c', `import ${modules}`]);
    return true;
  } catch {
    progress(
      `${title} is left out: NODE_CUDNN_BENCH_PYTHON has to be a Python that can import ${modules}`,
    );
    return false;
  }
}

/** Trains a network with a peer, in a process of its own. */
export async function measurePeer(
  peer: 'torch' | 'keras',
  network: NetworkName,
  batch: number,
  steps: number,
): Promise<PeerReport> {
  const { stdout } = await run(python, [
    peerScript(`${peer}_alexnet`),
    ...['--model', network, '--batch', String(batch), '--steps', String(steps)],
  ]);
  const line = stdout.trim().split('\n').pop() ?? '';
  return JSON.parse(line) as PeerReport;
}
