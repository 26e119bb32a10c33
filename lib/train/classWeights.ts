import { OptionError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { isPlain, suggestion } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import type { OutputSlot } from '../model/trainable.js';
import type { Samples } from './samples.js';

/** The weight of each class by its index; a class that is not named weighs 1. */
export type ClassWeight = Readonly<Record<number, number>>;
/** One for the model's output, or one for each output in order or by name. */
export type ClassWeights =
  ClassWeight | readonly ClassWeight[] | Readonly<Record<string, ClassWeight>>;

const place = 'classWeight';

/**
 * The weight of each row for each output with a loss, from its class. ERR_OPTION for a form, a
 * name, a class or a weight that does not fit.
 */
export function classWeights(
  outputs: readonly OutputSlot[],
  samples: Samples,
  classWeight: unknown,
): Float32Array[] {
  const parts = forOutputs(outputs, classWeight);
  return outputs.map((slot, i) => {
    const weights = parts[i];
    const result = new Float32Array(samples.count).fill(1);
    if (weights === undefined) return result;
    const classes = slot.shape.at(-1) ?? 0;
    const weightOf = checkedWeights(slot, classes, weights);
    const labels = classOfRows(slot, samples, i, classes);
    return result.map((one, row) => weightOf.get(labels(row)) ?? one);
  });
}

type Part = Readonly<Record<string, unknown>> | undefined;

/** One record for each output, undefined where its classes all weigh 1. */
function forOutputs(outputs: readonly OutputSlot[], value: unknown): Part[] {
  if (isArray(value)) {
    const list: readonly unknown[] = value;
    if (list.length === outputs.length) return list.map(toPart);
    throw new OptionError(
      `has ${list.length} entries for ${outputs.length} outputs (${namesOf(outputs)}); ` +
        'expected {class: weight}, or an array of them with one for each output',
      { place },
    );
  }
  const record = toPart(value) ?? {};
  if (!Object.values(record).some((entry) => typeof entry === 'object')) {
    if (outputs.length === 1) return [record];
    throw new OptionError(
      `the model has ${outputs.length} outputs (${namesOf(outputs)}); ` +
        'pass {outputName: {class: weight}}, or an array with one for each output',
      { place },
    );
  }
  const names = outputs.map((slot) => slot.name);
  const unknown = Object.keys(record).find((name) => !names.includes(name));
  if (unknown === undefined)
    return names.map((name) => toPart(Object.hasOwn(record, name) ? record[name] : undefined));
  throw new OptionError(
    `names '${unknown}', which is no output with a loss${suggestion(unknown, names)}; ` +
      `they are ${namesOf(outputs)}`,
    { place },
  );
}

function toPart(value: unknown): Part {
  if (value === undefined || value === null) return undefined;
  if (isPlain(value)) return value;
  throw new OptionError(`is ${shown(value)}; expected {class: weight}, such as {0: 1, 1: 2.5}`, {
    place,
  });
}

function namesOf(outputs: readonly OutputSlot[]): string {
  return outputs.map((slot) => `'${slot.name}'`).join(', ');
}

function checkedWeights(
  slot: OutputSlot,
  classes: number,
  weights: Readonly<Record<string, unknown>>,
): ReadonlyMap<number, number> {
  const limit = Math.max(classes, 2);
  const result = new Map<number, number>();
  for (const [name, weight] of Object.entries(weights)) {
    const index = Number(name);
    const isNumber = String(index) === name;
    if (!isNumber || !Number.isInteger(index) || index < 0 || index >= limit) {
      throw new OptionError(
        `class ${isNumber ? name : shown(name)} is not within 0 to ${limit - 1}, the classes of '${slot.name}'`,
        { place },
      );
    }
    if (typeof weight !== 'number' || !Number.isFinite(weight)) {
      throw new OptionError(`class ${name} has the weight ${shown(weight)}; expected a number`, {
        place,
      });
    }
    result.set(index, weight);
  }
  return result;
}

/** The class of a row: its label, the place of a one-hot row's largest value, or 0 and 1. */
function classOfRows(
  slot: OutputSlot,
  samples: Samples,
  index: number,
  classes: number,
): (row: number) => number {
  const data = samples.targets[index];
  const rank = slot.shape.length;
  if (!data || rank !== 1) {
    throw new OptionError(`output '${slot.name}' has no single class a row; use sampleWeight`, {
      place,
    });
  }
  if (slot.target === 'labels') return (row) => data[row] ?? 0;
  if (classes === 1) return (row) => Math.round(data[row] ?? 0);
  return (row) => {
    const values = data.subarray(row * classes, (row + 1) * classes);
    let largest = 0;
    values.forEach((value, i) => {
      if (value > (values[largest] ?? 0)) largest = i;
    });
    return largest;
  };
}
