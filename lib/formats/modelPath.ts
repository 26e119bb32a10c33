import { statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { toIoError } from '../files/ioError.js';
import { requirePath } from '../files/localPath.js';

/**
 * The file that a path of save() means: a folder stands for its file model.safetensors, and
 * 'file://' may come first, as in tfjs. ERR_OPTION for URLs of other kinds, ERR_IO for a path that
 * cannot be.
 */
export function modelPath(place: string, path: unknown): string {
  const local = requirePath(place, path);
  const isFolder = local.endsWith('/') || local.endsWith(sep) || kindOf(place, local) === 'folder';
  return isFolder ? join(local, 'model.safetensors') : local;
}

/**
 * The file that a path of loadLayersModel() means: as modelPath(), and where tfjs would have made
 * folder/model.json, what save() of the folder made.
 */
export function savedModelPath(place: string, path: unknown): string {
  if (typeof path === 'string' && basename(path) === 'model.json') {
    const local = requirePath(place, path);
    const folder = dirname(local);
    if (kindOf(place, folder) === 'file') return folder;
    if (kindOf(place, local) === undefined) return join(folder, 'model.safetensors');
  }
  return modelPath(place, path);
}

function kindOf(place: string, path: string): 'folder' | 'file' | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return stats.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw toIoError(path, `could not be looked at by ${place}`, error);
  }
}
