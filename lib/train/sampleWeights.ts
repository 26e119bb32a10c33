import { DataError, OptionError } from '../errors/errors.js';
import { shown } from '../errors/optionNames.js';
import type { OutputSlot, TrainableModel } from '../model/trainable.js';
import { toRows } from './rows.js';
import { bySlot, trainedOutputs, type SampleData, type Samples } from './samples.js';

/** The weight of each class by its index; a class that is not named weighs 1. */
export type ClassWeight = Readonly<Record<number, number>>;
/** One for the model's output, or one for each output by name. */
export type ClassWeights = ClassWeight | Readonly<Record<string, ClassWeight>>;

export interface Weighting {
  readonly sampleWeight?: SampleData | undefined;
  readonly classWeight?: ClassWeights | undefined;
}

/** `samples` with the weight of each row. ERR_OPTION when both kinds of weights are given. */
export function withWeights(
  model: TrainableModel,
  samples: Samples,
  weighting: Weighting,
  place = 'sampleWeight',
): Samples {
  const { sampleWeight, classWeight } = weighting;
  if (sampleWeight !== undefined && classWeight !== undefined) {
    throw new OptionError('pass classWeight or sampleWeight, not both', { place: 'fit()' });
  }
  const outputs = trainedOutputs(model);
  if (sampleWeight !== undefined) {
    return { ...samples, sampleWeights: rowWeights(outputs, samples.count, sampleWeight, place) };
  }
  if (classWeight !== undefined) {
    return { ...samples, sampleWeights: classWeights(outputs, samples, classWeight) };
  }
  return samples;
}

function rowWeights(
  outputs: readonly OutputSlot[],
  count: number,
  sampleWeight: SampleData,
  place: string,
): Float32Array[] {
  // One list of weights serves every output.
  const shared = outputs.length > 1 && isFlat(sampleWeight);
  const parts = shared
    ? outputs.map((slot) => ({ slot, value: sampleWeight, place }))
    : bySlot(place, 'output', outputs, sampleWeight);
  return parts.map((part) => {
    const format = { place: part.place, shape: [], kind: 'values', looseOnes: true } as const;
    const rows = toRows(part.value, format);
    if (rows.count !== count) {
      throw new DataError(`has ${rows.count} weights, but x has ${count} rows`, {
        place: part.place,
      });
    }
    const weights = Float32Array.from(rows.data);
    const bad = weights.findIndex((weight) => !Number.isFinite(weight));
    if (bad >= 0) {
      throw new DataError(`row ${bad}: weight ${weights[bad] ?? NaN} is not finite`, {
        place: part.place,
      });
    }
    return weights;
  });
}

function isFlat(data: SampleData): boolean {
  return Array.isArray(data) ? typeof data[0] === 'number' : 'length' in data || 'values' in data;
}

function classWeights(
  outputs: readonly OutputSlot[],
  samples: Samples,
  classWeight: ClassWeights,
): Float32Array[] {
  return outputs.map((slot, i) => {
    const weights = ofOutput(outputs, slot, classWeight);
    const result = new Float32Array(samples.count).fill(1);
    if (!weights) return result;
    const classes = slot.shape.at(-1) ?? 0;
    checkClassWeight(slot, classes, weights);
    const labels = classOfRows(slot, samples, i, classes);
    return result.map((one, row) => weights[labels(row)] ?? one);
  });
}

function ofOutput(
  outputs: readonly OutputSlot[],
  slot: OutputSlot,
  classWeight: ClassWeights,
): ClassWeight | undefined {
  const nested = Object.values(classWeight).some((value) => typeof value === 'object');
  if (nested) return (classWeight as Readonly<Record<string, ClassWeight>>)[slot.name];
  if (outputs.length === 1) return classWeight as ClassWeight;
  throw new OptionError(`the model has ${outputs.length} outputs; pass {outputName: {...}}`, {
    place: 'classWeight',
  });
}

function checkClassWeight(slot: OutputSlot, classes: number, weights: ClassWeight): void {
  const limit = Math.max(classes, 2);
  for (const [name, weight] of Object.entries(weights)) {
    const index = Number(name);
    if (!Number.isInteger(index) || index < 0 || index >= limit) {
      throw new OptionError(`class ${name} is not within 0 to ${limit - 1} of '${slot.name}'`, {
        place: 'classWeight',
      });
    }
    if (typeof weight !== 'number' || !Number.isFinite(weight)) {
      throw new OptionError(`class ${name} has the weight ${shown(weight)}; expected a number`, {
        place: 'classWeight',
      });
    }
  }
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
      place: 'classWeight',
    });
  }
  if (slot.target === 'labels') return (row) => data[row] ?? 0;
  if (classes === 1) return (row) => Math.round(data[row] ?? 0);
  return (row) => {
    const values = data.subarray(row * classes, (row + 1) * classes);
    return values.indexOf(Math.max(...values));
  };
}
