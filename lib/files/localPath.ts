import { fileURLToPath } from 'node:url';
import { IoError, OptionError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';

/**
 * The path of a file of this machine, as given to `place`, without the 'file://' that may come
 * first: file:///a%20b is an absolute URL, file://a/b is the relative path a/b, as in tfjs.
 * ERR_OPTION for anything but a text and for the URLs of browsers' storage and of servers, ERR_IO
 * for a URL that names no file.
 */
export function requirePath(place: string, path: unknown, option = 'path'): string {
  if (typeof path !== 'string' || path === '') {
    throw new OptionError(`${option} is ${shown(path)}; expected the path of a file`, { place });
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path.slice(0, 64))?.[1];
  if (scheme !== undefined && scheme.toLowerCase() !== 'file') {
    throw new OptionError(
      `${option} is ${shown(path)}; expected the path of a file, with or without file:// before it; ` +
        `${scheme}:// is not taken`,
      { place },
    );
  }
  const local = withoutFileScheme(place, path);
  if (local !== '') return local;
  throw new OptionError(`${option} is ${shown(path)}; expected the path of a file`, { place });
}

function withoutFileScheme(place: string, path: string): string {
  if (!/^file:\/\//i.test(path)) return path;
  if (!/^file:\/\/\//i.test(path)) return path.slice('file://'.length);
  try {
    return fileURLToPath(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IoError(`${shown(path)} names no file: ${reason}; pass a path without file://`, {
      place,
      cause,
    });
  }
}
