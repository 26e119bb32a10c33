import { OptionError } from './errors.js';
import { shown } from './shown.js';

/** Array.isArray(), which throws on a revoked Proxy; this says false of it. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * A copy of an array, without holes. ERR_OPTION when it is none or has more than `longest` items:
 * a length may be anything up to 2^32 - 1, and work on all items would not end.
 */
export function listOf(
  place: string,
  option: string,
  value: unknown,
  { longest, expected }: { readonly longest: number; readonly expected: string },
): readonly unknown[] {
  if (!isArray(value)) {
    throw new OptionError(`${option} is ${shown(value)}; expected ${expected}`, { place });
  }
  if (value.length > longest) {
    throw new OptionError(
      `${option} has ${value.length} items; expected ${expected}, at most ${longest} of them`,
      { place },
    );
  }
  return [...value];
}
