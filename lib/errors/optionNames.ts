import { OptionError } from './errors.js';
import { NodeCudnnError } from './nodeCudnnError.js';
import { cut, shown } from './shown.js';

/** No name that is looked up or shown is longer. */
const longestName = 64;

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
  if (given.length > longestName) return undefined;
  const wanted = camelCase(given).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const name = camelCase(candidate).toLowerCase();
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

/** Whether `value` is a record: no array, Map, function or object of a class. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    // By form, as every realm has its own Object.prototype.
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false; // A Proxy that was revoked, or that throws.
  }
}

/**
 * Throws ERR_OPTION when `options` is no plain record, has a name that is not in `known`, or has a
 * getter that throws.
 */
export function checkOptionNames(place: string, options: unknown, known: readonly string[]): void {
  try {
    checkNames(place, options, known);
  } catch (cause) {
    if (cause instanceof NodeCudnnError) throw cause;
    throw new OptionError('its options could not be read', { place, cause });
  }
}

function checkNames(place: string, options: unknown, known: readonly string[]): void {
  if (!isPlain(options)) {
    throw new OptionError(`expected an object of options, got ${shown(options)}`, { place });
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownOption(place, unknown, known);
  // Reads every option, so that a getter that throws does so here.
  Object.values(options);
}

function unknownOption(place: string, name: string, known: readonly string[]): OptionError {
  const hint = suggestion(name, known);
  const list = known.length === 0 ? ' There are none' : ` Known: ${known.join(', ')}`;
  return new OptionError(
    `unknown option '${cut(name, longestName)}'${hint === '' ? '.' : hint}${list}`,
    { place },
  );
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
