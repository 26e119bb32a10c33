import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from '../kind.js';
import { runProgram } from '../program.js';
import { Random } from '../random.js';

const digest = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

export const kind: Kind = {
  describe: 'too little room on the disk',
  batch: 4,
  share: 0.5,
  seconds: 120,
  async run(seed, { folder }) {
    const random = new Random(seed);
    const file = join(folder, 'saved.safetensors');
    const length = random.pick([200, 10_000, 300_000]);
    const first = await runProgram('saves', [file, length, 1]);
    if (first.code !== 0) throw new Error(`without a limit it failed: ${first.out} ${first.err}`);
    const before = digest(file);
    // In blocks of 512 bytes; the largest file that a process may write.
    const blocks = Math.floor((random.next() * length * 4) / 512);
    const end = await runProgram('saves', [file, length, 3], { limit: `ulimit -f ${blocks}` });
    if (end.code !== 3 || !end.out.endsWith('ERR_IO\n')) {
      const how = end.signal ?? `status ${end.code ?? 'none'}`;
      throw new Error(`beyond ${blocks} blocks: ${how}, ${end.out} ${end.err}; expected ERR_IO`);
    }
    if (digest(file) !== before) throw new Error('the old file is not what it was');
    const left = readdirSync(folder).filter((name) => join(folder, name) !== file);
    if (left.length > 0) throw new Error(`it left ${left.join(', ')} behind`);
  },
};
