import { cut, shown } from './shown.js';

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

// Names and paths come from outside, and may have any length.
const longestPlace = 300;
const longestMessage = 2000;

/** The options of an error; none where null or a Proxy that was revoked is given. */
function readable(options: unknown): Partial<Record<keyof ErrorOptions, unknown>> {
  try {
    const { place, details, cause } = Object(options) as ErrorOptions;
    return { place, details, cause };
  } catch {
    return {};
  }
}

function textOf(message: unknown, place: unknown): string {
  const text = typeof message === 'string' ? message : shown(message);
  if (typeof place !== 'string' || place === '' || text.startsWith(place)) return text;
  return `${cut(place, longestPlace)}: ${text}`;
}

// Errors of every build, version and copy of this package have it, in every realm.
const mark = Symbol.for('node-cudnn.error');
const codesOfClasses = new WeakMap<object, ErrorCode>();

/** Makes errors with this code, of every copy of this package, instances of the class. */
export function standsFor(errorClass: object, code: ErrorCode): void {
  codesOfClasses.set(errorClass, code);
}

/**
 * Every error that this package throws or rejects with is one of these. `instanceof` knows errors
 * of other copies of this package too: its ES module and CommonJS builds may both be loaded.
 */
export class NodeCudnnError extends Error {
  static {
    Object.defineProperty(this.prototype, mark, { value: true });
  }

  static override [Symbol.hasInstance](this: object, value: unknown): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    if (typeof value !== 'object' || value === null || !(mark in value)) return false;
    if (this === NodeCudnnError) return true;
    return 'code' in value && codesOfClasses.get(this) === value.code;
  }

  readonly code: ErrorCode;
  readonly place?: string;
  readonly details?: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    // An error is made whatever it is told.
    const { place, details, cause } = readable(options) as ErrorOptions;
    const text = cut(textOf(message, place), longestMessage);
    super(text, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    if (place !== undefined) this.place = place;
    if (details !== undefined) this.details = details;
  }
}
