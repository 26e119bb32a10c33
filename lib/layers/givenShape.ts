import { OptionError } from '../errors/errors.js';
import { isArray, listOf } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { highestRank } from '../tensor/shapes.js';
import type { SampleShape } from './shape.js';

function checkedSizes(place: string, option: string, value: unknown): SampleShape {
  const limits = { longest: highestRank, expected: 'an array of sizes' };
  return listOf(place, option, value, limits).map((size) => {
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 1) return size;
    throw new OptionError(
      `${option} is ${shown(value)}; every size after the batch must be a whole number of at ` +
        'least 1, known when the model is built',
      { place },
    );
  });
}

/** The two ways to give a shape: of a sample, [H,W,C], or of a batch, [null,H,W,C]. */
export type GivenShape =
  | { readonly inputShape?: unknown; readonly batchInputShape?: unknown }
  | { readonly shape?: unknown; readonly batchShape?: unknown };

/** The shape of one sample by either option; undefined when neither is given. */
export function givenSampleShape(place: string, given: GivenShape): SampleShape | undefined {
  const isInput = 'shape' in given || 'batchShape' in given;
  const [sampleOption, batchOption] = isInput
    ? ['shape', 'batchShape']
    : ['inputShape', 'batchInputShape'];
  const values: Readonly<Record<string, unknown>> = given;
  const [sample, batch] = [values[sampleOption], values[batchOption]];
  if (sample !== undefined && batch !== undefined) {
    throw new OptionError(`${sampleOption} and ${batchOption} are given; give one of them`, {
      place,
    });
  }
  if (sample !== undefined) return checkedSizes(place, sampleOption, sample);
  if (batch === undefined) return undefined;
  if (!isArray(batch) || batch[0] !== null) {
    throw new OptionError(
      `${batchOption} is ${shown(batch)}; expected null first: batches of any size`,
      { place },
    );
  }
  return checkedSizes(place, batchOption, batch.slice(1, highestRank + 2));
}
