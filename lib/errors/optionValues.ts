import { OptionError } from './errors.js';
import { isArray } from './lists.js';
import { shown } from './shown.js';

/** A whole number from `minimum` to `maximum`, or ERR_OPTION naming the option. */
export function wholeNumber(
  place: string,
  option: string,
  value: unknown,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    if (value >= minimum && value <= maximum) return value;
  }
  const range =
    maximum === Number.MAX_SAFE_INTEGER
      ? `of at least ${minimum}`
      : `from ${minimum} to ${maximum}`;
  throw new OptionError(`${option} is ${shown(value)}; expected a whole number ${range}`, {
    place,
  });
}

/** Bounds of a real option; absent: none. */
export interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
  /** The minimum itself is not allowed. */
  readonly above?: boolean;
}

function rangeText({ minimum, maximum, above }: Range): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return above ? ` above ${minimum}` : ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

/** A finite number within `range`, or ERR_OPTION naming the option. */
export function realNumber(
  place: string,
  option: string,
  value: unknown,
  range: Range = {},
): number {
  if (typeof value === 'number' && Number.isFinite(value)) {
    const low = range.minimum ?? -Infinity;
    const fits = range.above ? value > low : value >= low;
    if (fits && value <= (range.maximum ?? Infinity)) return value;
  }
  throw new OptionError(
    `${option} is ${shown(value)}; expected a finite number${rangeText(range)}`,
    { place },
  );
}

/** true or false, or ERR_OPTION naming the option. */
export function trueOrFalse(place: string, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(`${option} is ${shown(value)}; expected true or false`, { place });
}

/** A text that is not empty, or ERR_OPTION naming the option. */
export function textOf(place: string, option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new OptionError(`${option} is ${shown(value)}; expected a text that is not empty`, {
    place,
  });
}

/** Whether `value` can be called: no class, and no Proxy that was revoked. */
function isCallable(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  try {
    Object.getPrototypeOf(value);
    return !/^class\b/.test(Function.prototype.toString.call(value));
  } catch {
    return false;
  }
}

/** A function, or ERR_OPTION naming the option. */
export function functionOf<F>(place: string, option: string, value: F, takes: string): F {
  if (isCallable(value)) return value;
  const got = typeof value === 'function' ? 'a class, or a revoked Proxy' : shown(value);
  throw new OptionError(`${option} is ${got}; expected a function of ${takes}`, { place });
}

/** [height, width] from one number or two, each a whole number from `minimum` to `maximum`. */
export function pairOf(
  place: string,
  option: string,
  value: unknown,
  minimum: number,
  maximum?: number,
): readonly [number, number] {
  const list: readonly unknown[] = isArray(value) ? value : [value, value];
  const [height, width] = list;
  if (list.length !== 2) {
    throw new OptionError(`${option} is ${shown(value)}; expected a number or [height, width]`, {
      place,
    });
  }
  const side = (n: unknown): number => wholeNumber(place, option, n, minimum, maximum);
  return [side(height), side(width)];
}
