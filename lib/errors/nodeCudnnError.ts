/** What went wrong, for programs; the message is for people. */
export type ErrorCode =
  | 'ERR_SHAPE'
  | 'ERR_DATA'
  | 'ERR_OPTION'
  | 'ERR_BACKEND'
  | 'ERR_OUT_OF_MEMORY'
  | 'ERR_FORMAT'
  | 'ERR_DISPOSED'
  | 'ERR_MODEL_BUSY'
  | 'ERR_ABORTED'
  | 'ERR_NOT_FINITE'
  | 'ERR_UNSUPPORTED'
  | 'ERR_IO'
  | 'ERR_OPTIONAL_DEPENDENCY'
  | 'ERR_INTERNAL';

export interface ErrorOptions {
  /** The layer, file, argument or call at fault: "conv2d 'conv1'". Put before the message. */
  readonly place?: string;
  /** Facts for programs, such as the epoch and step of an aborted fit. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

function withPlace(message: string, place: string | undefined): string {
  if (place === undefined || place === '' || message.startsWith(place)) return message;
  return `${place}: ${message}`;
}

/** Every error that this package throws or rejects with is one of these. */
export class NodeCudnnError extends Error {
  readonly code: ErrorCode;
  readonly place?: string;
  readonly details?: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    const text = withPlace(message, options.place);
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    if (options.place !== undefined) this.place = options.place;
    if (options.details !== undefined) this.details = options.details;
  }
}
