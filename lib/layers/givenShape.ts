import { OptionError } from '../errors/errors.js';
import { shown } from '../errors/optionNames.js';
import type { SampleShape } from './shape.js';

function checkedSizes(place: string, option: string, value: unknown): SampleShape {
  if (!Array.isArray(value)) {
    throw new OptionError(`${option} is ${shown(value)}; expected an array of sizes`, { place });
  }
  return value.map((size: unknown) => {
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 1) return size;
    throw new OptionError(
      `${option} is ${shown(value)}; every size after the batch must be a whole number of at ` +
        'least 1, known when the model is built',
      { place },
    );
  });
}

/**
 * The shape of one sample from `inputShape` ([H,W,C]) or `batchInputShape` ([null,H,W,C]);
 * undefined when neither is given.
 */
export function givenSampleShape(
  place: string,
  given: { readonly inputShape?: unknown; readonly batchInputShape?: unknown },
): SampleShape | undefined {
  const { inputShape, batchInputShape } = given;
  if (inputShape !== undefined && batchInputShape !== undefined) {
    throw new OptionError('inputShape and batchInputShape are given; give one of them', { place });
  }
  if (inputShape !== undefined) return checkedSizes(place, 'inputShape', inputShape);
  if (batchInputShape === undefined) return undefined;
  if (!Array.isArray(batchInputShape) || batchInputShape[0] !== null) {
    throw new OptionError(
      `batchInputShape is ${shown(batchInputShape)}; expected null first: batches of any size`,
      { place },
    );
  }
  return checkedSizes(place, 'batchInputShape', batchInputShape.slice(1));
}
