import { OptionError } from '../errors/errors.js';
import { checkOptionNames, oneOf, shown } from '../errors/optionNames.js';
import type { InitializerSpec } from '../native/program.js';

/** A class name with its options, as saved models hold it. */
export interface InitializerConfig {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** How the first values of a weight are made. Native code draws them from the model's seed. */
export abstract class Initializer {
  /** The distribution for a weight of this shape. */
  abstract toSpec(shape: readonly number[]): InitializerSpec;

  /** `resolveInitializer` makes an equal one of it. */
  abstract getConfig(): InitializerConfig;
}

type Factory = (options: Readonly<Record<string, unknown>>) => Initializer;

const factories = new Map<string, Factory>();

function keyOf(className: string): string {
  return className.charAt(0).toLowerCase() + className.slice(1);
}

/** Makes the initializer known by 'ClassName' in configs and by 'className' in options. */
export function registerInitializer(
  className: string,
  optionNames: readonly string[],
  factory: Factory,
): void {
  factories.set(keyOf(className), (options) => {
    checkOptionNames(`initializer '${keyOf(className)}'`, options, optionNames);
    return factory(options);
  });
}

/** Makes a registered initializer. */
export function makeInitializer(
  place: string,
  option: string,
  className: string,
  config: Readonly<Record<string, unknown>> = {},
): Initializer {
  const known = [...factories.keys()];
  const factory = factories.get(oneOf(place, option, keyOf(className), known));
  if (factory === undefined) throw new OptionError(`no initializer '${className}'`, { place });
  return factory(config);
}

function isConfig(value: unknown): value is InitializerConfig {
  return typeof value === 'object' && value !== null && 'className' in value;
}

/** An initializer, its name ('heNormal') or its config. */
export type InitializerOption = Initializer | InitializerConfig | string;

/** The initializer that an option stands for; ERR_OPTION lists the known names. */
export function resolveInitializer(
  place: string,
  option: string,
  value: InitializerOption,
): Initializer {
  if (value instanceof Initializer) return value;
  if (typeof value === 'string') return makeInitializer(place, option, value);
  if (isConfig(value)) return makeInitializer(place, option, value.className, value.config);
  throw new OptionError(
    `${option} is ${shown(value)}; expected a name such as 'glorotUniform' or an initializer`,
    { place },
  );
}
