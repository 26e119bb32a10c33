import { checkOptionNames } from './optionNames.js';

/**
 * The options that were given: null and undefined stand for an option, or all options, left out,
 * as in tfjs. ERR_OPTION as checkOptionNames.
 */
export function givenOptions<T extends object>(
  place: string,
  options: T | null | undefined,
  known: readonly (keyof T & string)[],
): T {
  if (options === undefined || options === null) return {} as T;
  checkOptionNames(place, options, known);
  const given: Partial<T> = {};
  for (const name of known) {
    const value: unknown = options[name];
    if (value !== undefined && value !== null) given[name] = options[name];
  }
  return given as T;
}
