import { DataError } from '../errors/errors.js';
import { hasMember, isInstance } from '../errors/instances.js';
import { shown } from '../errors/optionNames.js';
import { Tensor, type DType, type Shape, type TensorData } from './tensor.js';

interface TensorForm {
  readonly values: TensorData;
  readonly shape: Shape;
  readonly dtype: DType;
}

function hasTensorForm(value: unknown): value is TensorForm {
  return ['values', 'shape', 'dtype'].every((name) => hasMember(value, name));
}

/**
 * `value` as a tensor: one of this package, or of another copy of it, which is known by its form and
 * checked. ERR_DATA when it is none.
 */
export function asTensor(place: string, name: string, value: unknown): Tensor {
  if (isInstance(value, Tensor)) return value;
  if (hasTensorForm(value)) return new Tensor(value.values, value.shape, value.dtype);
  throw new DataError(`${name} is ${shown(value)}; expected a tensor`, { place });
}
