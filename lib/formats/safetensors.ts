import type { FileHandle } from 'node:fs/promises';
import { types } from 'node:util';
import { DataError, FormatError, OptionError } from '../errors/errors.js';
import { NodeCudnnError } from '../errors/nodeCudnnError.js';
import { isPlain } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { writeAtomically } from '../files/atomicFile.js';
import { requirePath } from '../files/localPath.js';
import { readingFile } from '../files/regularFile.js';
import { Tensor, type TensorData } from '../tensor/tensor.js';
import {
  checksumKey,
  checksumOf,
  checksumPosition,
  fileVersion,
  noChecksum,
  startChecksum,
  versionKey,
} from './checksum.js';
import { DataReader, readAll, requireMemory } from './dataReader.js';
import { DataWriter, writeAll } from './dataWriter.js';
import {
  decodeHeader,
  encodeHeader,
  lengthBytes,
  longestHeader,
  type SafetensorsEntry,
} from './safetensorsHeader.js';
import { decodeElements, fileDType } from './safetensorsTypes.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes a safetensors file, replacing an old one only when all of the new one is on the disk.
 * A SHA-256 checksum is added to the metadata. Values that change meanwhile are written as they
 * are when their turn comes. Rejects with ERR_IO, and with ERR_DATA for tensors or metadata that
 * no file can hold and for values that are transferred or resized meanwhile; the old file stays.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const local = requirePath('writeSafetensors()', path);
  requireTensors(tensors);
  requireMetadata(metadata);
  const values = [...tensors.values()].map((tensor) => tensor.values);
  const { start, entries } = layOut(local, tensors, metadata);
  await writeAtomically(local, async (file) => {
    const sum = startChecksum(start);
    await writeAll(file, start, 0);
    const data = new DataWriter(file, start.length, sum);
    for (const [i, { name, begin, end }] of entries.entries()) {
      const copy = copierOf(local, name, values[i], end - begin);
      await data.add(end - begin, copy);
    }
    await data.flush();
    start.write(sum.digest('hex'), checksumPosition(start), 'latin1');
    await writeAll(file, start, 0);
  });
}

function requireMetadata(metadata: unknown): void {
  const place = 'writeSafetensors()';
  if (!isPlain(metadata)) {
    throw new OptionError(`metadata is ${shown(metadata)}; expected a record of texts`, { place });
  }
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === 'string') continue;
    throw new DataError(`metadata has ${shown(value)} at ${shown(name)}; expected a text`, {
      place,
    });
  }
}

function requireTensors(tensors: unknown): void {
  if (!types.isMap(tensors)) {
    throw new OptionError(`tensors is ${shown(tensors)}; expected a Map of names to tensors`, {
      place: 'writeSafetensors()',
    });
  }
  for (const [name, tensor] of tensors as Map<unknown, Partial<Tensor> | null>) {
    if (typeof name === 'string' && types.isTypedArray(tensor?.values)) continue;
    throw new OptionError(`tensors has ${shown(tensor)} at ${shown(name)}; expected a tensor`, {
      place: 'writeSafetensors()',
    });
  }
}

/** The header of a file, and where in its data each tensor has its place, in order. */
function layOut(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): { readonly start: Buffer; readonly entries: readonly SafetensorsEntry[] } {
  let begin = 0;
  const entries = [...tensors].map(([name, { values, shape, dtype }]): SafetensorsEntry => {
    if (name === '__metadata__') {
      throw new DataError(`a tensor cannot be named '${name}'`, { place: path });
    }
    const end = begin + values.byteLength;
    const entry = { name, dtype: fileDType[dtype], shape, begin, end };
    begin = end;
    return entry;
  });
  const full = { ...metadata, [versionKey]: fileVersion, [checksumKey]: noChecksum };
  const start = encodeHeader({ entries, metadata: full });
  if (start.length > lengthBytes + longestHeader) {
    throw new DataError(
      `names and metadata take ${start.length} bytes; no file may have more than ${longestHeader}`,
      { place: path },
    );
  }
  try {
    decodeHeader(path, start.subarray(lengthBytes), begin);
  } catch (cause) {
    const reason = cause instanceof NodeCudnnError ? cause.message : String(cause);
    throw new DataError(`it could not be read again: ${reason}`, { place: path, cause });
  }
  return { start, entries };
}

/** Copies bytes of a tensor's values, which must still be as many as they were. */
function copierOf(path: string, name: string, values: TensorData | undefined, size: number) {
  return (target: Uint8Array, begin: number): void => {
    if (values?.byteLength !== size) {
      throw new DataError(
        `the values of tensor ${shown(name)} were transferred or resized while it was written; ` +
          'wait for the end of the call, or hand over a copy',
        { place: path },
      );
    }
    target.set(new Uint8Array(values.buffer, values.byteOffset + begin, target.length));
  };
}

/**
 * Reads a safetensors file. Floats become float32 and integers int32 (uint8 stays). ERR_FORMAT
 * for a truncated or damaged file, a checksum that does not fit, and integers beyond 32 bits;
 * ERR_IO when it cannot be read.
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const local = requirePath('readSafetensors()', path);
  return readingFile(local, (file, size) => readFrom(local, file, size));
}

async function readFrom(path: string, file: FileHandle, size: number): Promise<Safetensors> {
  const start = await readStart(path, file, size);
  const header = decodeHeader(path, start.subarray(lengthBytes), size - start.length);
  requireMemory(path, size);
  const checksum = checksumOf(path, header.metadata);
  const sum = checksum === undefined ? undefined : startChecksum(start);

  const data = new DataReader(path, file, start.length, size, sum);
  const tensors = new Map<string, Tensor>();
  for (const entry of header.entries) {
    const bytes = new Uint8Array(entry.end - entry.begin);
    await data.fill(bytes);
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

function toTensor(path: string, entry: SafetensorsEntry, bytes: Uint8Array): Tensor {
  const decoded = decodeElements(bytes, entry.dtype);
  if (decoded) return new Tensor(decoded.values, entry.shape, decoded.dtype);
  throw new FormatError(`tensor '${entry.name}' has integers beyond 32 bits`, { place: path });
}
