import { ShapeError } from '../errors/errors.js';
import { elements, type SampleShape } from './shape.js';

/** The longest axis of a tensor, and so the largest batch. */
export const longestAxis = 2 ** 30;
/** The largest pool, kernel, stride, dilation, upsampling or channel window along an axis. */
export const longestWindow = 2 ** 24;
/** The most zeros on one side of an image: what libraries generate for a window grows with it. */
export const mostPadding = 2 ** 14;
/** The most elements of a tensor. */
const mostElements = 2 ** 40;

function isCountable(shape: unknown): boolean {
  const isSize = (n: unknown): boolean =>
    Number.isSafeInteger(n) && Number(n) >= 1 && Number(n) <= longestAxis;
  return Array.isArray(shape) && shape.every(isSize) && elements(shape as number[]) <= mostElements;
}

const expected =
  `expected sizes from 1 to ${longestAxis} and at most ${mostElements} elements; make the layers ` +
  'before it smaller';

/** The shape of a layer's output; ERR_SHAPE when it is beyond the limits above. */
export function countable(place: string, shape: SampleShape): SampleShape {
  if (isCountable(shape)) return shape;
  throw new ShapeError(`its output would be [null,${String(shape)}]; ${expected}`, { place });
}

/** As countable(), for a weight. */
export function countableWeight(place: string, name: string, shape: readonly number[]): void {
  if (isCountable(shape)) return;
  throw new ShapeError(`its ${name} would be [${String(shape)}]; ${expected}`, { place });
}
