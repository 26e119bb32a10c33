import { classConfigOf } from '../errors/classConfig.js';
import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { checkOptionNames, oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import type { InitializerSpec } from '../native/program.js';
import type { initializers } from './index.js';

/** A class name with its options, as saved models hold it. */
export interface InitializerConfig {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** How the first values of a weight are made. Native code draws them. */
export abstract class Initializer {
  /** The distribution for a weight of this shape. */
  abstract toSpec(shape: readonly number[]): InitializerSpec;

  /** `resolveInitializer` makes an equal one of it. */
  abstract getConfig(): InitializerConfig;
}

type Factory = (options: Readonly<Record<string, unknown>>) => Initializer;

const factories = new Map<string, Factory>();
const optionNames = new Map<string, readonly string[]>();

/** What options call a class of configs: 'heNormal' for 'HeNormal'. */
export function keyOf(className: string): string {
  return className.charAt(0).toLowerCase() + className.slice(1);
}

/** Makes the initializer known by 'ClassName' in configs and by 'className' in options. */
export function registerInitializer(
  className: string,
  names: readonly string[],
  factory: Factory,
): void {
  factories.set(keyOf(className), factory);
  optionNames.set(keyOf(className), names);
}

/** Makes a registered initializer. */
export function makeInitializer(
  place: string,
  option: string,
  className: unknown,
  config: unknown = {},
): Initializer {
  const known = [...factories.keys()];
  const key = typeof className === 'string' ? keyOf(className) : className;
  const name = oneOf(place, option, key, known);
  const factory = factories.get(name);
  if (factory === undefined) throw new OptionError(`no initializer '${name}'`, { place });
  checkOptionNames(`initializer '${name}'`, config, optionNames.get(name) ?? []);
  return factory(config as Readonly<Record<string, unknown>>);
}

// 'constant' has no default value: its name alone is refused.
type Name = Exclude<keyof typeof initializers, 'constant'>;

/** One of `initializers`, with its default options; its class ('HeNormal') will do too. */
export type InitializerName = Name | Capitalize<Name>;

/** An initializer, its name or its config. Names are checked when the layer is made. */
export type InitializerOption = Initializer | InitializerConfig | InitializerName | (string & {});

/** The initializer that an option stands for; ERR_OPTION lists the known names. */
export function resolveInitializer(
  place: string,
  option: string,
  value: InitializerOption,
): Initializer {
  if (isInstance(value, Initializer)) return value;
  if (typeof value === 'string') return makeInitializer(place, option, value);
  const given = classConfigOf(place, value);
  if (given !== undefined) return makeInitializer(place, option, given.className, given.config);
  throw new OptionError(
    `${option} is ${shown(value)}; expected a name such as 'glorotUniform' or an initializer`,
    { place },
  );
}
