import { DataError, OptionError } from '../errors/errors.js';
import type { OutputSlot, TrainableModel } from '../model/trainable.js';
import { classWeights, type ClassWeights } from './classWeights.js';
import { toRows } from './rows.js';
import { trainedOutputs, type SampleData, type Samples } from './samples.js';
import { bySlot } from './slotParts.js';

export interface Weighting {
  readonly sampleWeight?: SampleData | undefined;
  readonly classWeight?: ClassWeights | undefined;
  /** What errors call the argument with the rows' weights. Default 'sampleWeight'. */
  readonly place?: string;
}

/** `samples` with the weight of each row. ERR_OPTION when both kinds of weights are given. */
export function withWeights(
  model: TrainableModel,
  samples: Samples,
  { sampleWeight, classWeight, place = 'sampleWeight' }: Weighting,
): Samples {
  if (sampleWeight !== undefined && classWeight !== undefined) {
    throw new OptionError('pass classWeight or sampleWeight, not both', { place });
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
    : bySlot(place, 'output', outputs, sampleWeight, () => []);
  return parts.map((part) => {
    const format = { place: part.place, shape: [], kind: 'values' } as const;
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
