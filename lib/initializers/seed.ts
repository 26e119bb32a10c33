import { wholeNumber } from '../errors/optionValues.js';

/** The option of every initializer that draws numbers. */
export interface SeedOptions {
  /**
   * A whole number of at least 0. Equal seeds give weights of one shape equal values, in one model
   * and in another. Default: the model's seed, which gives every weight values of its own.
   */
  readonly seed?: number;
}

/** The seed as configs and native code hold it: {} without one. */
export type Seed = Readonly<Partial<Record<'seed', number>>>;

/** The seed of these options; ERR_OPTION when it is none. */
export function seedOf(place: string, { seed }: SeedOptions): Seed {
  if (seed === undefined || (seed as number | null) === null) return {};
  return { seed: wholeNumber(place, 'seed', seed, 0) };
}
