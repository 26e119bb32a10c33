import { inspect } from 'node:util';
import { OptionError } from './errors.js';

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; ++i) {
    const next = [i];
    for (let j = 1; j <= b.length; ++j) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function camelCase(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The known name that `given` most likely stands for, if one is near. */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const wanted = camelCase(given).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const name = candidate.toLowerCase();
    // A name cut short is as near as one wrong letter.
    const cut = wanted.length >= 3 && name.startsWith(wanted) && name !== wanted;
    const distance = cut ? 1 : editDistance(wanted, name);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** ", did you mean 'x'?" with a word on camelCase when `name` has underscores; or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest === undefined) return '';
  const style = name.includes('_') ? ' (names are camelCase)' : '';
  return `; did you mean '${nearest}'?${style}`;
}

/** Throws ERR_OPTION when `options` is no plain record or has a name that is not in `known`. */
export function checkOptionNames(place: string, options: unknown, known: readonly string[]): void {
  // A Map's entries are no options: without this its names would pass unseen.
  if (Object.prototype.toString.call(options) !== '[object Object]') {
    throw new OptionError(`expected an object of options, got ${shown(options)}`, { place });
  }
  for (const name of Object.keys(options as object)) {
    if (known.includes(name)) continue;
    const hint = suggestion(name, known);
    const end = hint === '' ? '.' : hint;
    throw new OptionError(`unknown option '${name}'${end} Known: ${known.join(', ')}`, { place });
  }
}

/** Returns `value` when it is one of `known`; otherwise throws ERR_OPTION listing them. */
export function oneOf<T extends string>(
  place: string,
  option: string,
  value: unknown,
  known: readonly T[],
): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const hint = typeof value === 'string' ? suggestion(value, known) : '';
  const list = known.map((name) => `'${name}'`).join(', ');
  throw new OptionError(`${option} is ${shown(value)}; expected one of ${list}${hint}`, { place });
}

/** A value as an error message shows it, on one line and not too long. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  const text = inspect(value, { depth: 1, maxArrayLength: 8, breakLength: Infinity })
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']')
    .replaceAll(', ', ',');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
