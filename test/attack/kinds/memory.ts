import { join } from 'node:path';
import type { Kind } from '../kind.js';
import { runProgram, type ProgramEnd } from '../program.js';
import { Random } from '../random.js';

/** Node.js itself ends the process where there is no memory for objects of JavaScript. */
const endedByNode =
  /JavaScript heap out of memory|Fatal process out of memory: (?!Array)|Committing semi space failed/;

function verdict({ code, signal, out, err }: ProgramEnd): string | undefined {
  if (code === 0) return undefined;
  if (code === 3) return out.startsWith('ERR_OUT_OF_MEMORY ') ? undefined : `failed with ${out}`;
  if (endedByNode.test(err)) return undefined;
  return `ended with ${signal ?? `status ${code ?? 'none'}`}: ${err.slice(0, 600)}`;
}

export const kind: Kind = {
  describe: 'too little memory for models and copies',
  batch: 4,
  seconds: 120,
  async run(seed, { folder }) {
    const random = new Random(seed);
    const mebibytes = random.pick([0, 8, 32, 64, 100, 128, 160, 200, 256, 400, 700]);
    const end = await runProgram('everyday', [
      seed,
      join(folder, 'model.safetensors'),
      mebibytes + random.int(0, 16),
    ]);
    const message = verdict(end);
    if (message !== undefined) throw new Error(`with ${mebibytes} MiB more it ${message}`);
  },
};
