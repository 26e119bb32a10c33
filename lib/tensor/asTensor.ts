import { DataError } from '../errors/errors.js';
import { hasMember, isInstance } from '../errors/instances.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { Tensor } from './tensor.js';

/** Known by its form, so that a tensor of another copy of this package is one too. */
export function isTensor(value: unknown): value is Tensor {
  if (!hasMember(value, 'values') || !hasMember(value, 'shape')) return false;
  if (!isArray(value.shape)) return false;
  return hasMember(value, 'dtype') && ArrayBuffer.isView(value.values);
}

/**
 * `value` as a tensor: one of this package, or of another copy of it, which is known by its form and
 * checked. ERR_DATA when it is none.
 */
export function asTensor(place: string, name: string, value: unknown): Tensor {
  if (isInstance(value, Tensor)) return value;
  if (isTensor(value)) return new Tensor(value.values, value.shape, value.dtype);
  throw new DataError(`${name} is ${shown(value)}; expected a tensor`, { place });
}
