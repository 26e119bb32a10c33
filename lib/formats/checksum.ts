import { createHash, type Hash } from 'node:crypto';
import { FormatError } from '../errors/errors.js';

/**
 * The metadata key of the checksum: SHA-256 of the whole file, read with zeros in the checksum's
 * own place.
 */
export const checksumKey = 'node-cudnn.sha256';
/** The metadata key of the version. A file that has it has a checksum too. */
export const versionKey = 'node-cudnn.version';
export const fileVersion = '1';
/** What stands in a header until the checksum is known. */
export const noChecksum = '0'.repeat(64);

/** Where the checksum stands in a header. */
export function checksumPosition(header: Buffer): number {
  const before = `"${checksumKey}":"`;
  return header.indexOf(before) + before.length;
}

/** Starts a checksum with a header whose own checksum is read as zeros. */
export function startChecksum(header: Buffer): Hash {
  const blank = Buffer.from(header);
  blank.write(noChecksum, checksumPosition(blank), 'latin1');
  return createHash('sha256').update(blank);
}

/**
 * The checksum that a file's metadata says it has; undefined for a file of another program.
 * ERR_FORMAT when it is damaged itself, or missing where the version says that it must be there.
 */
export function checksumOf(
  place: string,
  metadata: Readonly<Record<string, string>>,
): string | undefined {
  const version = metadata[versionKey];
  const checksum = metadata[checksumKey];
  if (version !== undefined && version !== fileVersion) {
    throw new FormatError(`has the version ${version}; this package reads ${fileVersion}`, {
      place,
    });
  }
  if (version === undefined && checksum === undefined) return undefined;
  if (checksum !== undefined && /^[0-9a-f]{64}$/.test(checksum)) return checksum;
  throw new FormatError('the checksum is missing or damaged', { place });
}
