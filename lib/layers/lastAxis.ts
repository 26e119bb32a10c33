import { ShapeError } from '../errors/errors.js';
import { wholeNumber } from '../errors/optionValues.js';
import { shapeText, type SampleShape } from './shape.js';

/** Checks an `axis` option of a layer that works along the last axis; -1 where none is given. */
export function checkedAxis(place: string, axis: unknown): number {
  return wholeNumber(place, 'axis', axis ?? -1, -1);
}

/** ERR_SHAPE unless `axis`, which counts the batch axis, is the last one of `input`. */
export function requireLastAxis(place: string, axis: number, input: SampleShape): void {
  if (input.length > 0 && (axis === -1 || axis === input.length)) return;
  throw new ShapeError(
    `expected axis -1, the last one of an input of rank 2 or more; got axis ${axis} of ` +
      shapeText(input),
    { place },
  );
}
