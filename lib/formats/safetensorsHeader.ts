import { FormatError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { highestRank } from '../tensor/shapes.js';
import { isRecord, parseJson } from './parseJson.js';
import { bytesPerElement, isSafetensorsDType, type SafetensorsDType } from './safetensorsTypes.js';

/** Where one tensor lies in a file. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  /** From the start of the data. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their data. */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes before the header: its length as a little-endian 64-bit number. */
export const lengthBytes = 8;
/** The longest header that the format allows. */
export const longestHeader = 100_000_000;

/** The header as the file holds it, its length first; padded so that the data is aligned to 8. */
export function encodeHeader({ entries, metadata }: SafetensorsHeader): Buffer {
  const fields: [string, unknown][] = [['__metadata__', metadata]];
  for (const { name, dtype, shape, begin, end } of entries) {
    fields.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const text = Buffer.from(JSON.stringify(Object.fromEntries(fields)));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = Buffer.alloc(lengthBytes + length, ' ');
  bytes.writeBigUInt64LE(BigInt(length));
  text.copy(bytes, lengthBytes);
  return bytes;
}

/**
 * Reads a header (without its length) and checks it against the bytes of data that follow it.
 * ERR_FORMAT for anything that the format does not allow: tensors that overlap, leave gaps or
 * reach beyond the data, names that come twice, sizes that contradict shapes.
 */
export function decodeHeader(
  place: string,
  bytes: Uint8Array,
  dataBytes: number,
): SafetensorsHeader {
  const fields = parseFields(place, bytes);
  const entries: SafetensorsEntry[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === '__metadata__') metadata = toMetadata(place, value);
    else entries.push(toEntry(place, name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(place, entries, dataBytes);
  return { entries, metadata };
}

function parseFields(place: string, bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let fields: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    fields = parseJson(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`the header is damaged, or the file is no safetensors file: ${reason}`, {
      place,
      cause,
    });
  }
  if (!isRecord(fields) || !text.startsWith('{')) {
    throw new FormatError('the header is no JSON object', { place });
  }
  return fields;
}

function toMetadata(place: string, value: unknown): Readonly<Record<string, string>> {
  if (isRecord(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw new FormatError('__metadata__ is no record of strings', { place });
}

function toEntry(place: string, name: string, value: unknown): SafetensorsEntry {
  const fail = (message: string) => new FormatError(`tensor ${shown(name)} ${message}`, { place });
  if (!isRecord(value)) throw fail('has no description');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isSafetensorsDType(dtype)) {
    const known = Object.keys(bytesPerElement).join(', ');
    throw fail(`has the dtype ${shown(dtype)}; expected one of ${known}`);
  }
  if (!isCounts(shape) || shape.length > highestRank) {
    throw fail('has a shape that is no list of sizes');
  }
  if (!isCounts(offsets) || offsets.length !== 2) throw fail('has no data_offsets [begin, end]');
  const [begin = 0, end = 0] = offsets;
  const bytes = shape.reduce((size, n) => size * n, bytesPerElement[dtype]);
  if (end - begin !== bytes) {
    throw fail(`of ${dtype} ${shown(shape)} needs ${bytes} bytes, but has ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

/** The tensors must fill the data from its first byte to its last. */
function checkCoverage(place: string, entries: readonly SafetensorsEntry[], bytes: number): void {
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (end > bytes) {
      throw new FormatError(
        `tensor '${name}' ends at byte ${end}, but there are ${bytes} bytes of data; ` +
          'the file is truncated or damaged',
        { place },
      );
    }
    if (begin !== position) {
      const fault = begin < position ? 'overlaps the tensor before it' : 'leaves a gap before it';
      throw new FormatError(`tensor '${name}' ${fault}`, { place });
    }
    position = end;
  }
  if (position !== bytes) {
    throw new FormatError(`${bytes - position} bytes after the last tensor belong to none`, {
      place,
    });
  }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
