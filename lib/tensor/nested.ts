import { types } from 'node:util';
import { ShapeError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { highestRank } from './shapes.js';

/** A number, or arrays of them nested to any depth. */
export type NestedNumbers = number | readonly NestedNumbers[];
/** What tensor() flattens: numbers and booleans, nested. */
export type NestedValues = number | boolean | ArrayLike<number> | readonly NestedValues[];

interface Flat {
  readonly values: readonly number[];
  readonly shape: readonly number[];
  /** Every value is a boolean. */
  readonly booleans: boolean;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return isArray(value) || (ArrayBuffer.isView(value) && !types.isDataView(value));
}

// An array within itself has no end.
function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let level = value; isList(level); level = level[0]) {
    if (shape.push(level.length) <= highestRank) continue;
    throw new ShapeError(`values are nested more than ${highestRank} deep`, { place: 'tensor()' });
  }
  return shape;
}

/** Flattens nested arrays row by row. ERR_SHAPE names the place where they are ragged. */
export function flatten(nested: unknown): Flat {
  const shape = shapeOf(nested);
  const values: number[] = [];
  let booleans = 0;
  const visit = (value: unknown, depth: number, path: string): void => {
    if (isList(value)) {
      if (value.length !== shape[depth]) {
        throw new ShapeError(
          `values${path} has ${value.length} elements, expected ${shape[depth] ?? 'a number'}`,
          { place: 'tensor()' },
        );
      }
      for (let i = 0; i < value.length; ++i) visit(value[i], depth + 1, `${path}[${i}]`);
      return;
    }
    if (depth !== shape.length || (typeof value !== 'number' && typeof value !== 'boolean')) {
      const expected = depth === shape.length ? 'a number' : `an array of ${shape[depth] ?? 0}`;
      throw new ShapeError(`values${path} is ${shown(value)}, expected ${expected}`, {
        place: 'tensor()',
      });
    }
    booleans += Number(typeof value === 'boolean');
    values.push(Number(value));
  };
  visit(nested, 0, '');
  return { values, shape, booleans: values.length > 0 && booleans === values.length };
}

/** The inverse of flatten(). */
export function toNested(values: ArrayLike<number>, shape: readonly number[]): NestedNumbers {
  let position = 0;
  const build = (depth: number): NestedNumbers => {
    const length = shape[depth];
    if (length === undefined) return values[position++] ?? NaN;
    return Array.from({ length }, () => build(depth + 1));
  };
  return build(0);
}
