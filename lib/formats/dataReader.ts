import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { FormatError, OutOfMemoryError } from '../errors/errors.js';

/** Bytes that are read or written, and summed, at a time: a millisecond or two of the event loop. */
export const blockBytes = 2 ** 20;

/** Fills `bytes` from a position of a file. ERR_FORMAT when the file ends before. */
export async function readAll(
  path: string,
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new FormatError('ends too early', { place: path });
    done += bytesRead;
  }
}

/** Reads a file from a position to its end, block by block, however small the pieces asked for. */
export class DataReader {
  private readonly block: Buffer;
  private ready: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private position: number,
    private readonly end: number,
    /** Every block is added to it. */
    private readonly sum: Hash | undefined,
  ) {
    this.block = Buffer.allocUnsafe(Math.min(blockBytes, end - position));
  }

  async fill(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      if (this.ready.length === 0) await this.readBlock();
      const piece = this.ready.subarray(0, bytes.length - done);
      bytes.set(piece, done);
      done += piece.length;
      this.ready = this.ready.subarray(piece.length);
    }
  }

  private async readBlock(): Promise<void> {
    const block = this.block.subarray(0, this.end - this.position);
    if (block.length === 0) throw new FormatError('ends too early', { place: this.path });
    await readAll(this.path, this.file, block, this.position);
    this.sum?.update(block);
    this.position += block.length;
    this.ready = block;
  }
}

/** ERR_OUT_OF_MEMORY for data that this machine can never hold: files with holes have any size. */
export function requireMemory(path: string, bytes: number): void {
  if (bytes <= totalmem()) return;
  throw new OutOfMemoryError(
    `${bytes} bytes of data are more than the ${totalmem()} bytes of memory of this machine`,
    { place: path },
  );
}
