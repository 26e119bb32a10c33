import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { blockBytes } from './dataReader.js';

/** Fills a file from `position` on, whatever the system writes at a time. */
export async function writeAll(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const left = bytes.length - done;
    done += (await file.write(bytes, done, left, position + done)).bytesWritten;
  }
}

/** Gathers data into blocks, each of which is summed and written as it was copied. */
export class DataWriter {
  private readonly block = Buffer.allocUnsafe(blockBytes);
  private filled = 0;

  constructor(
    private readonly file: FileHandle,
    private position: number,
    private readonly sum: Hash,
  ) {}

  /** Writes `size` bytes; `copy` is asked for a part of them at a time. */
  async add(size: number, copy: (target: Uint8Array, begin: number) => void): Promise<void> {
    for (let begin = 0; begin < size;) {
      const target = this.block.subarray(this.filled, this.filled + size - begin);
      copy(target, begin);
      begin += target.length;
      this.filled += target.length;
      if (this.filled === blockBytes) await this.flush();
    }
  }

  async flush(): Promise<void> {
    const block = this.block.subarray(0, this.filled);
    this.sum.update(block);
    await writeAll(this.file, block, this.position);
    this.position += this.filled;
    this.filled = 0;
  }
}
