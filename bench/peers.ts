import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NetworkName } from './networks.js';

/** What one run of a peer's script measured. */
export interface PeerReport {
  readonly peer: string;
  readonly version: string;
  readonly model: string;
  readonly batch: number;
  readonly imagesPerSecond: number;
  readonly peakMemoryBytes: number;
}

export type PeerName = 'torch' | 'keras';

const run = promisify(execFile);

/** NODE_CUDNN_BENCH_PYTHON, or python3 from the PATH. */
const python = process.env.NODE_CUDNN_BENCH_PYTHON ?? 'python3';

/** True when the Python environment can import the peer's package. */
export async function hasPeer(peer: PeerName): Promise<boolean> {
  const module = peer === 'torch' ? 'torch' : 'tensorflow, keras';
  try {
    await run(python, ['-c', `import ${module}`]);
    return true;
  } catch {
    return false;
  }
}

/** Trains a network with a peer, in a process of its own. */
export async function measurePeer(
  peer: PeerName,
  network: NetworkName,
  batch: number,
  steps: number,
): Promise<PeerReport> {
  // Compiled to dist/bench, two levels below the scripts' root.
  const script = fileURLToPath(new URL(`../../bench/peers/${peer}_alexnet.py`, import.meta.url));
  const { stdout } = await run(python, [
    script,
    ...['--model', network, '--batch', String(batch), '--steps', String(steps)],
  ]);
  const line = stdout.trim().split('\n').pop() ?? '';
  return JSON.parse(line) as PeerReport;
}
