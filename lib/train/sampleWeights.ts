import { DataError, OptionError } from '../errors/errors.js';
import { hasMember } from '../errors/instances.js';
import { isArray } from '../errors/lists.js';
import type { OutputSlot, TrainableModel } from '../model/trainable.js';
import { isTensor } from '../tensor/asTensor.js';
import { classWeights, type ClassWeights } from './classWeights.js';
import { allocated } from '../tensor/shapes.js';
import { sizeOf } from '../tensor/tensor.js';
import { toRows, type Rows } from './rows.js';
import { depthOf, isTypedArray } from './sampleKinds.js';
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
    return { ...samples, sampleWeights: givenWeights(outputs, samples.count, sampleWeight, place) };
  }
  if (classWeight !== undefined) {
    return { ...samples, sampleWeights: classWeights(outputs, samples, classWeight) };
  }
  return samples;
}

function givenWeights(
  outputs: readonly OutputSlot[],
  count: number,
  sampleWeight: SampleData,
  place: string,
): Float32Array[] {
  // One array of weights serves every output.
  const shared = outputs.length > 1 && isOneArray(sampleWeight);
  // A list of one is one row's weights or, for several rows, the array of one output.
  const shapeOf = (slot: OutputSlot) => (count === 1 ? slot.shape.slice(0, -1) : []);
  const parts = shared
    ? outputs.map((slot) => ({ slot, value: sampleWeight, place }))
    : bySlot(place, 'output', outputs, sampleWeight, shapeOf);
  return parts.map(({ slot, value, place: at }) => {
    const positions = slot.shape.slice(0, -1);
    const ofRows = valuesInRow(value, count) === 1;
    const rows = toRows(value, { place: at, shape: ofRows ? [] : positions, kind: 'values' });
    if (rows.count !== count) {
      throw new DataError(`has weights of ${rows.count} rows, but x has ${count}`, { place: at });
    }
    requireFinite(rows, at);
    return perPosition(at, rows, sizeOf(positions));
  });
}

/** How many values a row has, as far as data without a shape tells. */
function valuesInRow(value: unknown, count: number): number {
  if (isTensor(value)) return sizeOf(value.shape.slice(1));
  if (isTypedArray(value)) return value.length / count;
  if (!isArray(value)) return 1;
  const row: unknown = value[0];
  if (isTensor(row)) return sizeOf(row.shape);
  const depth = depthOf(row);
  if (depth === 0) return 1;
  return depth === 1 ? (row as ArrayLike<number>).length : Infinity;
}

function requireFinite({ data, count }: Rows, place: string): void {
  const bad = data.findIndex((weight) => !Number.isFinite(weight));
  if (bad < 0) return;
  const row = Math.floor(bad / (data.length / count));
  throw new DataError(`row ${row}: weight ${data[bad] ?? NaN} is not finite`, { place });
}

/** One weight for each position of an output; that of the row where rows have one. */
function perPosition(place: string, { data, count }: Rows, positions: number): Float32Array {
  const times = (count * positions) / data.length;
  if (times === 1) return Float32Array.from(data);
  const weights = allocated<Float32Array>(place, Float32Array, count * positions);
  data.forEach((weight, row) => weights.fill(weight, row * times, (row + 1) * times));
  return weights;
}

function isOneArray(data: SampleData): boolean {
  if (isArray(data)) return typeof data[0] === 'number';
  return hasMember(data, 'length') || hasMember(data, 'values');
}
