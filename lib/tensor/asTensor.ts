import { DataError } from '../errors/errors.js';
import { shown } from '../errors/optionNames.js';
import { Tensor, type DType, type Shape, type TensorData } from './tensor.js';

interface TensorForm {
  readonly values: TensorData;
  readonly shape: Shape;
  readonly dtype: DType;
}

function hasTensorForm(value: unknown): value is TensorForm {
  return (
    typeof value === 'object' &&
    value !== null &&
    'values' in value &&
    'shape' in value &&
    'dtype' in value
  );
}

/**
 * `value` as a tensor: one of this package, or of another copy of it, which is known by its form and
 * checked. ERR_DATA when it is none.
 */
export function asTensor(place: string, name: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  if (hasTensorForm(value)) return new Tensor(value.values, value.shape, value.dtype);
  throw new DataError(`${name} is ${shown(value)}; expected a tensor`, { place });
}
