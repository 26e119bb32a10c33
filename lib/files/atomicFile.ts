import type { Stats } from 'node:fs';
import { lstat, open, readlink, realpath, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { IoError } from '../errors/errors.js';
import { toIoError } from './ioError.js';
import { removeLeftovers, temporaryName } from './leftovers.js';
import { requireRegular } from './regularFile.js';

/** As many links, one after another, as Linux follows. */
const mostLinks = 40;

/**
 * Replaces a file as a whole: `write` fills a new file in the same folder, which takes the place
 * of the old one only when all of it is on the disk. Whatever happens on the way (an error, a
 * full disk, the end of the process), the old file stays as it was. Links stay links; the new file
 * has the permissions of the old one, and its owner where the system allows that. What killed
 * saves left in the folder is removed. ERR_IO names the path; so for a device, pipe or folder.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    if (path.endsWith('/')) throw new IoError('it is a folder; name a file', { place: path });
    const target = await fileBehind(path, mostLinks);
    const old = await statsOf(target);
    if (old) requireRegular(path, old);
    const folder = dirname(target);
    await removeLeftovers(folder);
    await replace(target, join(folder, temporaryName()), old, write);
    await syncFolder(folder);
  } catch (error) {
    throw toIoError(path, 'could not be written', error);
  }
}

/** The file that a path leads to, through links; it need not be there yet. */
async function fileBehind(path: string, links: number): Promise<string> {
  const folder = await realpath(dirname(path));
  const file = join(folder, basename(path));
  const link = await readlink(file).catch(() => undefined);
  if (link === undefined) return file;
  if (links === 0) {
    throw new IoError('its links lead in a circle; name the file itself', { place: path });
  }
  return fileBehind(resolve(folder, link), links - 1);
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(
  target: string,
  temporary: string,
  old: Stats | undefined,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  // Nobody else may read what only its owner could read before.
  const file = await open(temporary, 'wx', old ? 0o600 : 0o666);
  try {
    await write(file);
    if (old) await takeOver(file, old);
    await file.sync();
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    // Not before the rename: a file that is open is known to be in work.
    await file.close();
  }
}

/** Gives a new file the owner and the permissions of an old one. */
async function takeOver(file: FileHandle, old: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid !== old.uid || own.gid !== old.gid) {
    // Only root gives files away; a group may be set by its members.
    await file
      .chown(old.uid, old.gid)
      .catch(() => file.chown(own.uid, old.gid))
      .catch(() => undefined);
  }
  // Some file systems have the same permissions for every file, and refuse to set them.
  const permissions = old.mode & 0o777;
  if ((own.mode & 0o777) !== permissions) await file.chmod(permissions);
}

/** Makes the rename last through a power cut, on file systems that can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
