import { classConfigOf } from '../errors/classConfig.js';
import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { checkOptionNames, oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { realNumber } from '../errors/optionValues.js';

export interface L1L2Options {
  readonly l1?: number;
  readonly l2?: number;
}

export interface RegularizerConfig {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Adds l1 sum |w| + l2 sum w^2 of a weight to the loss. */
export class L1L2 {
  readonly l1: number;
  readonly l2: number;

  /** Each is at least 0; 0.01 where not given, as in Keras's l1() and l2(). */
  constructor(options: L1L2Options = {}) {
    const place = 'regularizer';
    checkOptionNames(place, options, ['l1', 'l2']);
    this.l1 = realNumber(place, 'l1', options.l1 ?? 0.01, { minimum: 0 });
    this.l2 = realNumber(place, 'l2', options.l2 ?? 0.01, { minimum: 0 });
  }

  getConfig(): RegularizerConfig {
    return { className: 'L1L2', config: { l1: this.l1, l2: this.l2 } };
  }
}

// The other factor is 0 and cannot be given.
function oneNorm(name: 'l1' | 'l2', options: L1L2Options): L1L2 {
  checkOptionNames(`regularizer '${name}'`, options, [name]);
  return new L1L2({ l1: 0, l2: 0, [name]: options[name] ?? 0.01 });
}

/** Regularizers by their tfjs names. */
export const regularizers = {
  /** l1 sum |w|; default 0.01. */
  l1: (options: Pick<L1L2Options, 'l1'> = {}): L1L2 => oneNorm('l1', options),
  /** l2 sum w^2; default 0.01. */
  l2: (options: Pick<L1L2Options, 'l2'> = {}): L1L2 => oneNorm('l2', options),
  /** Both; each 0.01 by default. */
  l1l2: (options?: L1L2Options): L1L2 => new L1L2(options),
};

/** 'l2' stands for regularizers.l2(), with the default factor. */
export type RegularizerName = keyof typeof regularizers;

/** A regularizer, its name or its config. Names are checked when the layer is made. */
export type RegularizerOption = L1L2 | RegularizerConfig | RegularizerName | (string & {});

/** The regularizer that an option stands for; undefined where none is given. */
export function resolveRegularizer(
  place: string,
  option: string,
  value: RegularizerOption | null | undefined,
): L1L2 | undefined {
  if (value === undefined || value === null) return undefined;
  if (isInstance(value, L1L2)) return value;
  const names = Object.keys(regularizers) as RegularizerName[];
  if (typeof value === 'string') return regularizers[oneOf(place, option, value, names)]();
  const given = classConfigOf(place, value);
  if (given !== undefined) {
    oneOf(place, `${option}.className`, given.className, ['L1L2']);
    return new L1L2(given.config as L1L2Options);
  }
  throw new OptionError(
    `${option} is ${shown(value)}; expected regularizers.l2({l2: 0.01}) or the like`,
    { place },
  );
}
