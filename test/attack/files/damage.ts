import { createHash } from 'node:crypto';
import type { Random } from '../random.js';

/** A way to spoil the bytes of a file. */
type Damage = (random: Random, bytes: Buffer) => Buffer;

function flipped(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  // Most of a model file is values: the header is what a reader can stumble on.
  const end = random.chance(0.5) ? Math.min(copy.length, 4096) : copy.length;
  for (let count = random.int(1, 8); count > 0; --count) {
    const at = random.int(0, end - 1);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.int(0, 7));
  }
  return copy;
}

function truncated(random: Random, bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, random.int(0, bytes.length - 1)));
}

function spliced(random: Random, bytes: Buffer): Buffer {
  const [from, to, length] = [0, 0, 0].map(() => random.int(0, bytes.length - 1));
  const part = bytes.subarray(from, (from ?? 0) + (length ?? 0));
  const rest = bytes.subarray(random.chance(0.5) ? to : (to ?? 0) + part.length);
  return Buffer.concat([bytes.subarray(0, to), part, rest]);
}

function longer(random: Random, bytes: Buffer): Buffer {
  return Buffer.concat([bytes, random.bytes(random.int(1, 100))]);
}

/** Another length of the header, by a little or by far. */
function otherLength(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const length = copy.readBigUInt64LE();
  const lengths = [0n, 1n, length + BigInt(random.int(-16, 16)), 2n ** 32n, 2n ** 63n, 10n ** 8n];
  copy.writeBigUInt64LE(BigInt.asUintN(64, random.pick(lengths)));
  return copy;
}

const damages: readonly Damage[] = [flipped, flipped, truncated, spliced, longer, otherLength];

/** A damaged copy of a file of at least 8 bytes. */
export function damaged(random: Random, bytes: Buffer): Buffer {
  return random.pick(damages)(random, bytes);
}

const before = '"node-cudnn.sha256":"';

/** Writes the checksum that fits the bytes into a model file, where its place is still there. */
export function withChecksum(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(before) + before.length;
  if (at < before.length || at + 64 > copy.length) return copy;
  copy.write('0'.repeat(64), at, 'latin1');
  copy.write(createHash('sha256').update(copy).digest('hex'), at, 'latin1');
  return copy;
}
