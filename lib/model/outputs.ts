import { OptionError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { isPlain, suggestion } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';

/** An output of the model that is compiled. */
export interface Output {
  readonly name: string;
  readonly shape: readonly number[];
}

/** One value for each output: in order, or by output name. */
export type ForOutputs<T> = readonly T[] | Readonly<Record<string, T>>;

const place = 'compile()';

function namesOf(outputs: readonly Output[]): string[] {
  return outputs.map(({ name }) => name);
}

function checkOutputNames(option: string, value: object, outputs: readonly Output[]): void {
  const known = namesOf(outputs);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(
    `${option} names '${unknown}', which is no output${suggestion(unknown, known)}; outputs: ` +
      known.join(', '),
    { place },
  );
}

/** One entry for each output, undefined where a record leaves one out. */
export function forOutputs<T>(
  option: string,
  value: ForOutputs<T>,
  outputs: readonly Output[],
): (T | undefined)[] {
  if (isArray(value)) {
    const list = value;
    if (list.length === outputs.length) return [...list];
    throw new OptionError(
      `${option} has ${list.length} entries for ${outputs.length} outputs ` +
        `(${namesOf(outputs).join(', ')}); give one for each`,
      { place },
    );
  }
  if (!isPlain(value)) {
    throw new OptionError(`${option} is ${shown(value)}; expected an array or a record`, { place });
  }
  checkOutputNames(option, value, outputs);
  const record = value;
  return outputs.map(({ name }) => (Object.hasOwn(record, name) ? record[name] : undefined));
}
