import { statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OptionError } from '../errors/errors.js';
import { shown } from '../errors/optionNames.js';

/**
 * The file that a path of save() or loadLayersModel() means: a folder stands for its file
 * model.safetensors, and 'file://' may come first, as in tfjs.
 */
export function modelPath(place: string, path: unknown): string {
  if (typeof path !== 'string' || path === '') {
    throw new OptionError(`path is ${shown(path)}; expected the path of a file`, { place });
  }
  const local = path.startsWith('file:///') ? fileURLToPath(path) : path.replace(/^file:\/\//, '');
  const isFolder =
    local.endsWith('/') ||
    local.endsWith(sep) ||
    statSync(local, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(local, 'model.safetensors') : local;
}
