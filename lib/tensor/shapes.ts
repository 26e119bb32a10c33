import { OutOfMemoryError, ShapeError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';

export type Shape = readonly number[];

/** The most axes of a tensor. */
export const highestRank = 32;

/** The number of elements; 1 for []. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, n) => size * n, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, axis) => n === b[axis]);
}

/** A copy of a shape: sizes of at least `minimum`, whole. ERR_SHAPE when it is anything else. */
export function checkedShape(place: string, shape: unknown, minimum = 0): Shape {
  if (!isArray(shape) || shape.length > highestRank) {
    throw new ShapeError(`shape is ${shown(shape)}; expected an array of sizes`, { place });
  }
  const sizes = [...shape];
  const wrong = sizes.findIndex((n) => !Number.isSafeInteger(n) || Number(n) < minimum);
  if (wrong < 0) return sizes as Shape;
  throw new ShapeError(
    `shape[${wrong}] is ${shown(sizes[wrong])}; expected a whole number of at least ${minimum}`,
    { place },
  );
}

/** A new array of `length` zeros. ERR_OUT_OF_MEMORY when there is no room for it. */
export function allocated<Values>(
  place: string,
  kind: { new (length: number): Values; readonly BYTES_PER_ELEMENT: number },
  length: number,
): Values {
  try {
    return new kind(length);
  } catch (cause) {
    throw new OutOfMemoryError(`no room for ${length * kind.BYTES_PER_ELEMENT} bytes`, {
      place,
      cause,
    });
  }
}
