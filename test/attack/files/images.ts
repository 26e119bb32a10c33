import { gzipSync } from 'node:zlib';
import type { Random } from '../random.js';

const sizes = [0, 1, 2, 28, 255, 65536, 2 ** 20, 2 ** 31, 2 ** 32 - 1];

/** A file in the format of MNIST with a header that need not fit its data, plain or gzip. */
export function hostileIdx(random: Random): Buffer {
  const rank = random.pick([0, 1, 2, 3, 3, 4, 40, 255]);
  const shape = Array.from({ length: rank }, () => random.pick(sizes));
  const header = Buffer.alloc(4 + 4 * rank);
  header[2] = random.pick([0x08, 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, 0x00, 0xff]);
  header[3] = rank;
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  const bytes = random.pick([0, 1, 784, shape.reduce((all, n) => all * n, 1)]);
  const data = random.chance(0.5) ? random.bytes(Math.min(bytes, 2 ** 16)) : zeros(bytes);
  const whole = Buffer.concat([header, data]);
  return random.chance(0.5) ? whole : gzipSync(whole);
}

/** Much of it in a small gzip file. */
function zeros(bytes: number): Buffer {
  return Buffer.alloc(Math.min(bytes, 2 ** 26));
}
