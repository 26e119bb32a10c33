import { checkOptionNames, isPlain } from './optionNames.js';

/** A class by name with its options, as saved models hold it. */
export interface ClassConfig {
  readonly className: unknown;
  /** Absent where it has none. */
  readonly config: unknown;
}

/** `value` when it has the form of a config: {className, config}; ERR_OPTION for other names. */
export function classConfigOf(place: string, value: unknown): ClassConfig | undefined {
  if (!isPlain(value) || !Object.hasOwn(value, 'className')) return undefined;
  checkOptionNames(place, value, ['className', 'config']);
  return { className: value.className, config: value.config };
}
