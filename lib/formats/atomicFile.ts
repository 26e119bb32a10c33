import { randomBytes } from 'node:crypto';
import { open, realpath, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { types } from 'node:util';
import { IoError } from '../errors/errors.js';
import { NodeCudnnError } from '../errors/nodeCudnnError.js';

/**
 * Replaces a file as a whole: `write` fills a new file in the same folder, which takes the place
 * of the old one only when all of it is on the disk. Whatever happens on the way (an error, a
 * full disk, the end of the process), the old file stays as it was. ERR_IO names the path.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  // A link stays a link: the file that it points to is replaced.
  const target = await realpath(path).catch(() => path);
  const folder = dirname(target);
  const unique = `${process.pid}.${randomBytes(4).toString('hex')}`;
  const temporary = join(folder, `.${basename(target)}.${unique}.tmp`);
  try {
    await fill(temporary, write);
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw toIoError(path, 'could not be written', error);
  }
  await syncFolder(folder);
}

async function fill(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename last through a power cut, on file systems that can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** An error of the file system as ERR_IO with its path; errors of this package stay. */
export function toIoError(path: string, what: string, error: unknown): NodeCudnnError {
  if (error instanceof NodeCudnnError) return error;
  const reason = types.isNativeError(error) ? error.message : String(error);
  return new IoError(`${what}: ${reason}`, { place: path, cause: error });
}
