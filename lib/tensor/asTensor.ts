import { DataError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { shown } from '../errors/optionNames.js';
import { Tensor, type DType, type Shape, type TensorData } from './tensor.js';

interface TensorForm {
  readonly values: TensorData;
  readonly shape: Shape;
  readonly dtype: DType;
}

function hasTensorForm(value: unknown): value is TensorForm {
  try {
    return (
      typeof value === 'object' &&
      value !== null &&
      'values' in value &&
      'shape' in value &&
      'dtype' in value
    );
  } catch {
    return false; // A Proxy that was revoked, or that throws.
  }
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
