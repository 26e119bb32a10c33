import { ShapeError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { sizeOf, type Shape } from './shapes.js';

/** A part of a tensor: along each axis `size` values from `begin` on. */
export interface SliceRange {
  readonly begin: Shape;
  readonly size: Shape;
}

/**
 * The range that slice()'s arguments stand for: numbers are of the first axis, axes that are left
 * out are whole, and a size of -1 goes to the end. ERR_SHAPE names the axis that does not fit.
 */
export function sliceRange(shape: Shape, begin: unknown, size: unknown): SliceRange {
  if (shape.length === 0) throw new ShapeError('a scalar has no rows', { place: 'slice()' });
  const begins = perAxis('begin', shape, begin, () => 0);
  const sizes = perAxis('size', shape, size ?? [], () => -1);
  const counts = sizes.map((count, axis) => checked(shape, axis, begins[axis], count));
  return { begin: begins as Shape, size: counts };
}

function perAxis(name: string, shape: Shape, value: unknown, missing: () => number): unknown[] {
  const list: readonly unknown[] = isArray(value) ? value : [value];
  if (list.length <= shape.length) return shape.map((_, axis) => list[axis] ?? missing());
  throw new ShapeError(
    `${name} has ${list.length} numbers for the ${shape.length} axes of [${shape.join(',')}]`,
    { place: 'slice()' },
  );
}

function checked(shape: Shape, axis: number, begin: unknown, size: unknown): number {
  const length = shape[axis] ?? 0;
  if (typeof begin === 'number' && typeof size === 'number') {
    const count = size === -1 ? length - begin : size;
    const whole = Number.isSafeInteger(begin) && Number.isSafeInteger(count);
    if (whole && begin >= 0 && count >= 0 && begin + count <= length) return count;
  }
  throw new ShapeError(
    `${shown(size)} from ${shown(begin)} on is not within the ${length} of axis ${axis} ` +
      `of [${shape.join(',')}]; expected whole numbers, a size of -1 for all that follow`,
    { place: 'slice()' },
  );
}

/** Whether the range is of whole rows, which lie side by side. */
export function isWholeRows(shape: Shape, { size }: SliceRange): boolean {
  return shape.every((length, axis) => axis === 0 || size[axis] === length);
}

/** Copies the range of `values` of the given shape into `target`, in row-major order. */
export function copyRange(
  values: ArrayLike<number>,
  shape: Shape,
  { begin, size }: SliceRange,
  target: Record<number, number>,
): void {
  let position = 0;
  const visit = (axis: number, offset: number): void => {
    if (axis === shape.length) {
      target[position++] = values[offset] ?? 0;
      return;
    }
    const stride = sizeOf(shape.slice(axis + 1));
    const first = begin[axis] ?? 0;
    for (let i = 0; i < (size[axis] ?? 0); ++i) visit(axis + 1, offset + (first + i) * stride);
  };
  visit(0, 0);
}
