import { createHash, type Hash } from 'node:crypto';

/**
 * The metadata key of the checksum: SHA-256 of the whole file, read with zeros in the checksum's
 * own place.
 */
export const checksumKey = 'node-cudnn.sha256';
/** What stands in a header until the checksum is known. */
export const noChecksum = '0'.repeat(64);

/** Starts a checksum with a header whose own checksum, if any, is read as zeros. */
export function startChecksum(header: Uint8Array, checksum: string): Hash {
  const blank = Buffer.from(header);
  const at = blank.indexOf(checksum);
  if (at >= 0) blank.write(noChecksum, at, 'latin1');
  return createHash('sha256').update(blank);
}

/** Whether a text has the form of a checksum. */
export function isChecksum(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
