import { NodeCudnnError, standsFor, type ErrorOptions } from './nodeCudnnError.js';

/** A shape, rank or size does not fit. Code ERR_SHAPE. */
export class ShapeError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_SHAPE');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SHAPE', message, options);
  }
}

/** Data of the wrong length, type or range, or with values that are not finite. Code ERR_DATA. */
export class DataError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_DATA');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_DATA', message, options);
  }
}

/** An option is unknown, missing or out of its range. Code ERR_OPTION. */
export class OptionError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_OPTION');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_OPTION', message, options);
  }
}

/** A backend is missing or failed. Code ERR_BACKEND. */
export class BackendError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_BACKEND');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_BACKEND', message, options);
  }
}

/** The memory that is needed is not there. Code ERR_OUT_OF_MEMORY. */
export class OutOfMemoryError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_OUT_OF_MEMORY');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_OUT_OF_MEMORY', message, options);
  }
}

/** A file is damaged, or is not what it should be. Code ERR_FORMAT. */
export class FormatError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_FORMAT');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_FORMAT', message, options);
  }
}

/** The object was used after dispose(). Code ERR_DISPOSED. */
export class DisposedError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_DISPOSED');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_DISPOSED', message, options);
  }
}

/** A training of the same model is in progress. Code ERR_MODEL_BUSY. */
export class ModelBusyError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_MODEL_BUSY');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_MODEL_BUSY', message, options);
  }
}

/** A loss or an activation is NaN or infinite. Code ERR_NOT_FINITE. */
export class NotFiniteError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_NOT_FINITE');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_NOT_FINITE', message, options);
  }
}

/** The backend cannot do what the model asks for. Code ERR_UNSUPPORTED. */
export class UnsupportedError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_UNSUPPORTED');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_UNSUPPORTED', message, options);
  }
}

/** A file could not be read or written. Code ERR_IO. */
export class IoError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_IO');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_IO', message, options);
  }
}

/** An optional package is needed and not installed. Code ERR_OPTIONAL_DEPENDENCY. */
export class OptionalDependencyError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_OPTIONAL_DEPENDENCY');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_OPTIONAL_DEPENDENCY', message, options);
  }
}

/** A defect of this package. Code ERR_INTERNAL. */
export class InternalError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_INTERNAL');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_INTERNAL', message, options);
  }
}

/** The caller's AbortSignal stopped the work. Code ERR_ABORTED; `name` is 'AbortError'. */
export class AbortedError extends NodeCudnnError {
  static {
    standsFor(this, 'ERR_ABORTED');
  }

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_ABORTED', message, options);
    this.name = 'AbortError';
  }
}
