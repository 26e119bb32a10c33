import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

function idx(shape: readonly number[]): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  const size = shape.reduce((product, n) => product * n, 1);
  return Buffer.concat([header, Buffer.alloc(size)]);
}

/** Writes the four files of Fashion-MNIST, each of two images or labels. */
export async function writeIdxFiles(folder: string): Promise<void> {
  for (const part of ['train', 't10k']) {
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), idx([2, 28, 28]));
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), idx([2]));
  }
}
