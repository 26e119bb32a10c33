import { OptionError } from '../errors/errors.js';
import { missingLog } from './missingLog.js';

/**
 * Fills the placeholders of a file path: {name} or {name:format}, where format is that of
 * Python's numbers: [0][width][.precision][d|f|e|g], as in {epoch:02d} and {val_loss:.4f}.
 * Throws ERR_OPTION for a name without a value.
 */
export function fillPattern(
  place: string,
  pattern: string,
  values: Readonly<Record<string, number>>,
): string {
  return pattern.replace(/\{(\w+)(?::([^{}]*))?\}/g, (_match, name: string, format?: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new OptionError(
        `filepath '${pattern}' names '${name}', known here: ${Object.keys(values).join(', ')}`,
        { place },
      );
    }
    return formatNumber(place, value, format ?? '');
  });
}

/** Throws ERR_OPTION for a placeholder that is none of `known`, or whose format is none. */
export function checkPattern(place: string, pattern: string, known: readonly string[]): void {
  const unknown = patternNames(pattern).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const subject = `placeholder {${unknown}} of filepath`;
    throw new OptionError(missingLog(subject, unknown, known), { place });
  }
  fillPattern(place, pattern, Object.fromEntries(known.map((name) => [name, 0])));
}

/** The names in a path's placeholders. */
export function patternNames(pattern: string): string[] {
  return [...pattern.matchAll(/\{(\w+)(?::[^{}]*)?\}/g)].map((match) => match[1] ?? '');
}

function formatNumber(place: string, value: number, format: string): string {
  const parts = /^(0?)(\d*)(?:\.(\d+))?([dfeg]?)$/.exec(format);
  if (!parts) {
    throw new OptionError(
      `filepath has the format '${format}'; use [0][width][.precision][d|f|e|g]`,
      { place },
    );
  }
  const [, zero, width, precision, kind] = parts;
  const text = digits(value, precision === undefined ? undefined : Number(precision), kind ?? '');
  return text.padStart(Number(width ?? 0), zero === '0' ? '0' : ' ');
}

function digits(value: number, precision: number | undefined, kind: string): string {
  switch (kind) {
    case 'd':
      return Math.trunc(value).toFixed(0);
    case 'f':
      return value.toFixed(precision ?? 6);
    case 'e':
      return value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
    default:
      return precision === undefined
        ? String(value)
        : String(Number(value.toPrecision(Math.max(precision, 1))));
  }
}
