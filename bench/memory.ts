import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeBatch, makeNetwork, type NetworkName } from './alexnets.js';

/** Peak resident memory in bytes of a fresh process that makes a network and trains three steps. */
export async function measurePeakMemory(network: NetworkName, batch: number): Promise<number> {
  const script = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [script, network, String(batch)]);
  return Number(stdout);
}

async function trainAndReport(network: NetworkName, batchSize: number): Promise<void> {
  const made = makeNetwork(network);
  const program = await made.model.program();
  const batch = makeBatch(made, batchSize);
  for (let step = 0; step < 3; step++) await program.train(batch, 0.001);
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
  console.log(Number(peak?.[1]) * 1024);
  await made.model.dispose();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await trainAndReport(process.argv[2] as NetworkName, Number(process.argv[3]));
}
