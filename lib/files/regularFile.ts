import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { IoError } from '../errors/errors.js';
import { toIoError } from './ioError.js';

/** Opens a file, hands it to `read` and closes it. ERR_IO when it cannot be read. */
export async function readingFile<T>(
  path: string,
  read: (file: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  try {
    // A pipe that nobody writes to would keep a plain open() waiting for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      requireRegular(path, stats);
      return await read(file, stats.size);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw toIoError(path, 'could not be read', error);
  }
}

/** ERR_IO for a folder, a device, a pipe or a socket. */
export function requireRegular(
  path: string,
  stats: { isFile(): boolean; isDirectory(): boolean },
): void {
  if (stats.isFile()) return;
  const kind = stats.isDirectory() ? 'a folder' : 'a device, a pipe or a socket';
  throw new IoError(`it is ${kind}, no regular file; name a file`, { place: path });
}
