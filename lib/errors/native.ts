import {
  AbortedError,
  BackendError,
  DataError,
  DisposedError,
  FormatError,
  InternalError,
  IoError,
  ModelBusyError,
  NotFiniteError,
  OptionalDependencyError,
  OptionError,
  OutOfMemoryError,
  ShapeError,
  UnsupportedError,
} from './errors.js';
import type { ErrorCode, ErrorOptions, NodeCudnnError } from './nodeCudnnError.js';

type ErrorClass = new (message: string, options?: ErrorOptions) => NodeCudnnError;

const classes: Readonly<Record<ErrorCode, ErrorClass>> = {
  ERR_SHAPE: ShapeError,
  ERR_DATA: DataError,
  ERR_OPTION: OptionError,
  ERR_BACKEND: BackendError,
  ERR_OUT_OF_MEMORY: OutOfMemoryError,
  ERR_FORMAT: FormatError,
  ERR_DISPOSED: DisposedError,
  ERR_MODEL_BUSY: ModelBusyError,
  ERR_ABORTED: AbortedError,
  ERR_NOT_FINITE: NotFiniteError,
  ERR_UNSUPPORTED: UnsupportedError,
  ERR_IO: IoError,
  ERR_OPTIONAL_DEPENDENCY: OptionalDependencyError,
  ERR_INTERNAL: InternalError,
};

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(classes, code);
}

/** The error of the class that belongs to `code`; an unknown code makes an InternalError. */
export function fromNative(message: string, code: string, place?: string): NodeCudnnError {
  const options = place === undefined || place === '' ? {} : { place };
  return isErrorCode(code)
    ? new classes[code](message, options)
    : new InternalError(message, { ...options, details: { code } });
}

/** What native code constructs its errors with: `new NativeError()` gives the right subclass. */
export const NativeError = function (
  message: string,
  { code, place }: { code: string; place: string },
): NodeCudnnError {
  return fromNative(message, code, place);
} as unknown as new (message: string, options: { code: string; place: string }) => NodeCudnnError;
