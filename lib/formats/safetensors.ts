import { open, type FileHandle } from 'node:fs/promises';
import { FormatError, ShapeError } from '../errors/errors.js';
import { Tensor } from '../tensor/tensor.js';
import { toIoError, writeAtomically } from './atomicFile.js';
import {
  checksumKey,
  checksumOf,
  checksumPosition,
  fileVersion,
  noChecksum,
  startChecksum,
  versionKey,
} from './checksum.js';
import {
  decodeHeader,
  encodeHeader,
  lengthBytes,
  longestHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from './safetensorsHeader.js';
import { decodeElements, fileDType } from './safetensorsTypes.js';

/** Bytes that are read or written, and summed, at a time: a millisecond or two of the event loop. */
const blockBytes = 2 ** 20;

/** What a safetensors file holds. */
export interface Safetensors {
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes a safetensors file, replacing an old one only when all of the new one is on the disk.
 * A SHA-256 checksum is added to the metadata. Rejects with ERR_IO; the old file then stays.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const header: SafetensorsHeader = {
    entries: layOut(tensors),
    metadata: { ...metadata, [versionKey]: fileVersion, [checksumKey]: noChecksum },
  };
  await writeAtomically(path, async (file) => {
    const start = encodeHeader(header);
    const sum = startChecksum(start);
    await writeAll(file, start, 0);
    let position = start.length;
    for (const { values } of tensors.values()) {
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      for (let begin = 0; begin < bytes.length; begin += blockBytes) {
        const block = bytes.subarray(begin, begin + blockBytes);
        sum.update(block);
        await writeAll(file, block, position);
        position += block.length;
      }
    }
    start.write(sum.digest('hex'), checksumPosition(start), 'latin1');
    await writeAll(file, start, 0);
  });
}

function layOut(tensors: ReadonlyMap<string, Tensor>): SafetensorsEntry[] {
  let begin = 0;
  return [...tensors].map(([name, tensor]) => {
    if (name === '__metadata__') {
      throw new ShapeError(`a tensor cannot be named '${name}'`, { place: 'writeSafetensors()' });
    }
    const end = begin + tensor.values.byteLength;
    const entry = { name, dtype: fileDType[tensor.dtype], shape: tensor.shape, begin, end };
    begin = end;
    return entry;
  });
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const left = bytes.length - done;
    done += (await file.write(bytes, done, left, position + done)).bytesWritten;
  }
}

/**
 * Reads a safetensors file. Floats become float32 and integers int32 (uint8 stays). ERR_FORMAT
 * for a truncated or damaged file, a checksum that does not fit, and integers beyond 32 bits;
 * ERR_IO when it cannot be read.
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  try {
    const file = await open(path, 'r');
    try {
      return await readFrom(path, file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw toIoError(path, 'could not be read', error);
  }
}

async function readFrom(path: string, file: FileHandle): Promise<Safetensors> {
  const { size } = await file.stat();
  const start = await readStart(path, file, size);
  const header = decodeHeader(path, start.subarray(lengthBytes), size - start.length);
  const checksum = checksumOf(path, header.metadata);
  const sum = checksum === undefined ? undefined : startChecksum(start);

  const tensors = new Map<string, Tensor>();
  for (const entry of header.entries) {
    const bytes = new Uint8Array(entry.end - entry.begin);
    for (let begin = 0; begin < bytes.length; begin += blockBytes) {
      const block = bytes.subarray(begin, begin + blockBytes);
      await readAll(path, file, block, start.length + entry.begin + begin);
      sum?.update(block);
    }
    tensors.set(entry.name, toTensor(path, entry, bytes));
  }
  if (sum && sum.digest('hex') !== checksum) {
    throw new FormatError('the checksum does not fit the data; the file is damaged', {
      place: path,
    });
  }
  return { tensors, metadata: header.metadata };
}

/** The header with its length. */
async function readStart(path: string, file: FileHandle, size: number): Promise<Buffer> {
  const length = Buffer.alloc(lengthBytes);
  if (size < lengthBytes) {
    throw new FormatError(`${size} bytes are too few for a safetensors file`, { place: path });
  }
  await readAll(path, file, length, 0);
  const headerBytes = length.readBigUInt64LE();
  if (headerBytes > BigInt(Math.min(longestHeader, size - lengthBytes))) {
    throw new FormatError(
      `a header of ${headerBytes.toString()} bytes does not fit a file of ${size}; ` +
        'it is truncated, or no safetensors file',
      { place: path },
    );
  }
  const start = Buffer.alloc(lengthBytes + Number(headerBytes));
  await readAll(path, file, start, 0);
  return start;
}

async function readAll(
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

function toTensor(path: string, entry: SafetensorsEntry, bytes: Uint8Array): Tensor {
  const decoded = decodeElements(bytes, entry.dtype);
  if (decoded) return new Tensor(decoded.values, entry.shape, decoded.dtype);
  throw new FormatError(`tensor '${entry.name}' has integers beyond 32 bits`, { place: path });
}
