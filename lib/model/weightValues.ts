import { ShapeError } from '../errors/errors.js';
import { shown } from '../errors/optionNames.js';
import { sameShape } from '../layers/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { WeightInfo } from './modelStructure.js';

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'values' in value && 'shape' in value;
}

/** The values of tensors that fit these weights; ERR_SHAPE names the first that does not. */
export function weightValues(
  place: string,
  weights: readonly WeightInfo[],
  tensors: readonly Tensor[],
): Float32Array[] {
  if (!Array.isArray(tensors) || tensors.length !== weights.length) {
    const got = Array.isArray(tensors) ? tensors.length : shown(tensors);
    throw new ShapeError(`setWeights() expected ${weights.length} tensors, got ${got}`, { place });
  }
  return weights.map(({ name, shape }, i) => {
    const tensor: unknown = tensors[i];
    if (!isTensor(tensor)) {
      throw new ShapeError(`weight '${name}': expected a tensor, got ${shown(tensor)}`, { place });
    }
    if (!sameShape(tensor.shape, shape)) {
      throw new ShapeError(
        `weight '${name}': expected [${shape.join(',')}], got [${tensor.shape.join(',')}]`,
        { place },
      );
    }
    return tensor.dtype === 'float32'
      ? (tensor.values as Float32Array)
      : Float32Array.from(tensor.values);
  });
}
