import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Kind } from '../kind.js';

const program = fileURLToPath(
  new URL('../../../../build/tests-Release/native/test/node_cudnn_fuzz', import.meta.url),
);
const casesOfOne = 50;

/** Runs the native fuzzer; gives what it printed, and whether it found something. */
function fuzz(seed: number): Promise<{ readonly out: string; readonly found: boolean }> {
  const args = ['--seed', String(seed), '--cases', String(casesOfOne), '--jobs', '1'];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  const note = (text: string): void => void (out = (out + text).slice(-2000));
  child.stdout.setEncoding('utf8').on('data', note);
  child.stderr.setEncoding('utf8').on('data', note);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ out, found: code !== 0 });
    });
  });
}

export const kind: Kind = {
  describe: `${String(casesOfOne)} random ops at a time on the CPU against the reference`,
  share: 2,
  batch: 2,
  seconds: 120,
  async run(seed) {
    // Neighbouring seeds are to share no case.
    const { out, found } = await fuzz(seed * casesOfOne);
    if (found) throw new Error(out);
  },
};
