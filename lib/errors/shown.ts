import { inspect } from 'node:util';

/** The most characters of a value in a message. */
const longestValue = 80;

/** `text`, its end cut off beyond `longest` characters. */
export function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}

/** A value as an error message shows it, on one line and not too long. Never throws. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${cut(value, longestValue)}'`;
  if (typeof value === 'function') return 'a function';
  return cut(inspected(value), longestValue);
}

// Traps of a Proxy and inspectors of the caller's own are not called; a getter may be.
function inspected(value: unknown): string {
  try {
    return inspect(value, {
      depth: 1,
      maxArrayLength: 8,
      maxStringLength: longestValue,
      breakLength: Infinity,
      customInspect: false,
    })
      .replaceAll(/\s*\n\s*/g, ' ')
      .replaceAll('[ ', '[')
      .replaceAll(' ]', ']')
      .replaceAll(', ', ',');
  } catch {
    return 'an object that cannot be shown';
  }
}
