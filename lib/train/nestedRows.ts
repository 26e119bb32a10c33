import { DataError, ShapeError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';

/** Arrays of numbers, booleans or typed arrays, nested to any depth. */
export type NestedData = readonly unknown[];

/**
 * Copies nested arrays of the given shape into `target`, row by row. ERR_SHAPE names the place
 * of the first array with another length, ERR_DATA that of the first element that is no number.
 */
export function fillNested(
  place: string,
  value: NestedData,
  shape: readonly number[],
  target: Float32Array | Float64Array,
): void {
  let position = 0;
  const path: number[] = [];
  const where = () => `${place}${path.map((i) => `[${i}]`).join('')}`;

  const visit = (part: unknown, depth: number): void => {
    const length = shape[depth];
    if (length === undefined) {
      if (typeof part !== 'number' && typeof part !== 'boolean') {
        throw isList(part)
          ? new ShapeError(`expected a number, got an array of ${part.length}`, { place: where() })
          : new DataError(`expected a number, got ${shown(part)}`, { place: where() });
      }
      target[position++] = Number(part);
      return;
    }
    if (!isList(part)) {
      throw new ShapeError(`expected an array of ${length}, got ${shown(part)}`, {
        place: where(),
      });
    }
    if (part.length !== length) {
      throw new ShapeError(`expected ${length} elements, got ${part.length}`, { place: where() });
    }
    for (let i = 0; i < length; ++i) {
      path[depth] = i;
      visit(part[i], depth + 1);
    }
    path.length = depth;
  };
  visit(value, 0);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}
