import { types } from 'node:util';
import { FormatError, IoError, OutOfMemoryError } from '../errors/errors.js';
import { NodeCudnnError, type ErrorCode } from '../errors/nodeCudnnError.js';

/** What to do about the errors of the system that a path, a disk or a limit causes. */
const advice: Readonly<Record<string, string>> = {
  EACCES: 'check the permissions of the file and of its folders',
  EDQUOT: 'free space, or raise the quota',
  EFBIG: 'raise the limit on the size of files (ulimit -f)',
  EISDIR: 'it is a folder; name a file',
  ELOOP: 'its links lead in a circle; name the file itself',
  EMFILE: 'close files, or raise the limit on open ones (ulimit -n)',
  ENAMETOOLONG: 'choose a shorter name',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'check the path: the file, or a folder of it, is not there',
  ENOSPC: 'free space on the disk',
  ENOTDIR: 'check the path: a part of it is a file, not a folder',
  EPERM: 'check the permissions of the file and of its folders',
  EROFS: 'the file system is read-only; choose another folder',
  ERR_INVALID_ARG_VALUE: 'check the path',
};

/**
 * An error that came up at a file: one of the system becomes ERR_IO with the path, what could not
 * be done, why, and what to do; too little memory ERR_OUT_OF_MEMORY. Errors of this package stay.
 */
export function toIoError(path: string, what: string, error: unknown): NodeCudnnError {
  if (error instanceof NodeCudnnError) return error;
  const options = { place: path, cause: error };
  const reason = types.isNativeError(error) ? error.message : String(error);
  if (types.isNativeError(error) && error.name === 'RangeError' && isAllocation(error)) {
    return new OutOfMemoryError(`${what}: ${reason}; free memory, or use a smaller file`, options);
  }
  const code = types.isNativeError(error) && 'code' in error ? String(error.code) : '';
  const hint = advice[code];
  return new IoError(`${what}: ${reason}${hint === undefined ? '' : `; ${hint}`}`, options);
}

function isAllocation(error: Error): boolean {
  return /allocation failed|invalid typed array length|invalid array length/i.test(error.message);
}

const causedByContent: readonly ErrorCode[] = [
  'ERR_FORMAT',
  'ERR_OPTION',
  'ERR_SHAPE',
  'ERR_DATA',
  'ERR_INTERNAL',
];

/**
 * An error that the content of a file led to, as ERR_FORMAT naming the file, with the error as its
 * cause. Errors that another file would not mend stay: memory, backend, disposed and the like.
 */
export function toFormatError(place: string, what: string, error: unknown): NodeCudnnError {
  if (error instanceof NodeCudnnError) {
    const isKnown = error.code === 'ERR_FORMAT' && error.place === place;
    if (isKnown || !causedByContent.includes(error.code)) return error;
  }
  const reason = types.isNativeError(error) ? error.message : String(error);
  return new FormatError(`${what}: ${reason}`, { place, cause: error });
}
