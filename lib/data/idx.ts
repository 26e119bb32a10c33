import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { types } from 'node:util';
import { createGunzip } from 'node:zlib';
import { DataError, FormatError } from '../errors/errors.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { wholeNumber } from '../errors/optionValues.js';
import { requirePath } from '../files/localPath.js';
import { readingFile } from '../files/regularFile.js';
import { allocated, highestRank } from '../tensor/shapes.js';
import { Tensor, type DType, type TensorData } from '../tensor/tensor.js';

export interface ReadIdxOptions {
  /** The most bytes of data to accept, so that a hostile file cannot fill the memory. Default 2^31. */
  maxBytes?: number;
}

interface ElementType {
  readonly bytes: number;
  readonly dtype: DType;
  readonly read: (view: DataView, offset: number) => number;
}

/** The third byte of an IDX file. Numbers are big-endian. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  0x08: { bytes: 1, dtype: 'uint8', read: (view, offset) => view.getUint8(offset) },
  0x09: { bytes: 1, dtype: 'int32', read: (view, offset) => view.getInt8(offset) },
  0x0b: { bytes: 2, dtype: 'int32', read: (view, offset) => view.getInt16(offset) },
  0x0c: { bytes: 4, dtype: 'int32', read: (view, offset) => view.getInt32(offset) },
  0x0d: { bytes: 4, dtype: 'float32', read: (view, offset) => view.getFloat32(offset) },
  0x0e: { bytes: 8, dtype: 'float32', read: (view, offset) => view.getFloat64(offset) },
};

interface IdxHeader {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Of the header itself. */
  readonly bytes: number;
  readonly dataBytes: number;
}

/** No gzip file is unpacked to more bytes for each of its own. */
const bestCompression = 1032;

/**
 * Reads an IDX file (the format of MNIST), plain or gzip, of any element type: unsigned bytes
 * become uint8, other integers int32, floats float32. ERR_FORMAT for a file that is damaged,
 * truncated or no IDX file, ERR_DATA above maxBytes, ERR_IO when it cannot be read.
 */
export async function readIdx(path: string, options: ReadIdxOptions = {}): Promise<Tensor> {
  const place = 'readIdx()';
  const local = requirePath(place, path);
  checkOptionNames(place, options, ['maxBytes']);
  const maxBytes = wholeNumber(place, 'maxBytes', options.maxBytes ?? 2 ** 31, 0);
  return readingFile(local, async (file, size) => {
    const gzip = await isGzip(file);
    const most = gzip ? size * bestCompression : size;
    return readFrom(local, chunksOf(local, file, gzip), { maxBytes, most });
  });
}

interface Limits {
  /** What the caller accepts. */
  readonly maxBytes: number;
  /** What a file of this size can hold. */
  readonly most: number;
}

async function readFrom(
  path: string,
  chunks: AsyncIterable<Buffer>,
  limits: Limits,
): Promise<Tensor> {
  let header: IdxHeader | undefined;
  let data: Uint8Array | undefined;
  let pending = Buffer.alloc(0);
  let filled = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    if (!header || !data) {
      pending = Buffer.concat([pending, chunk]);
      header = readHeader(path, pending);
      if (!header) continue;
      data = allocated<Uint8Array>(path, Uint8Array, allowedBytes(path, header, limits));
      rest = pending.subarray(header.bytes);
    }
    if (filled + rest.length > data.length) {
      throw new FormatError(`has more than the ${data.length} bytes of its shape`, { place: path });
    }
    data.set(rest, filled);
    filled += rest.length;
  }
  if (!header || !data) throw new FormatError('ends within its header', { place: path });
  if (filled < data.length) {
    throw new FormatError(`ends after ${filled} of ${data.length} bytes of data`, { place: path });
  }
  return new Tensor(toValues(header.type, data), header.shape, header.type.dtype);
}

function allowedBytes(path: string, { dataBytes }: IdxHeader, { maxBytes, most }: Limits): number {
  if (dataBytes > maxBytes) {
    throw new DataError(`${dataBytes} bytes of data are more than maxBytes ${maxBytes}`, {
      place: path,
    });
  }
  if (dataBytes > most) {
    throw new FormatError(
      `is truncated: its shape needs ${dataBytes} bytes of data, a file of its size has ${most} ` +
        'at most',
      { place: path },
    );
  }
  return dataBytes;
}

/** The content of a file, unpacked when it is gzip. */
async function* chunksOf(path: string, file: FileHandle, gzip: boolean): AsyncGenerator<Buffer> {
  try {
    const source = file.createReadStream({ start: 0, highWaterMark: 2 ** 18, autoClose: false });
    // pipeline() carries an error of either stream to the one that is read.
    const stream = gzip ? pipeline(source, createGunzip(), () => undefined) : source;
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    const code = types.isNativeError(error) && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    throw new FormatError(`is no whole gzip file (${code})`, { place: path, cause: error });
  }
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

/** Undefined when more bytes are needed. */
function readHeader(path: string, bytes: Buffer): IdxHeader | undefined {
  if (bytes.length < 4) return undefined;
  const type = elementTypes[bytes.readUInt8(2)];
  if (bytes.readUInt16BE(0) !== 0 || !type) {
    throw new FormatError(`is no IDX file: it starts with ${bytes.toString('hex', 0, 4)}`, {
      place: path,
    });
  }
  const rank = bytes.readUInt8(3);
  if (bytes.length < 4 + 4 * rank) return undefined;
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const dataBytes = shape.reduce((size, n) => size * n, type.bytes);
  if (!Number.isSafeInteger(dataBytes) || rank > highestRank) {
    throw new FormatError(`has an impossible shape ${shown(shape)}`, { place: path });
  }
  return { type, shape, bytes: 4 + 4 * rank, dataBytes };
}

function toValues(type: ElementType, data: Uint8Array): TensorData {
  if (type.dtype === 'uint8') return data;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const length = data.length / type.bytes;
  const values = type.dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
  for (let i = 0; i < length; ++i) values[i] = type.read(view, i * type.bytes);
  return values;
}
