import { ShapeError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { asTensor } from '../tensor/asTensor.js';
import { sameShape } from '../tensor/shapes.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * The values of tensors that fit these weights. ERR_SHAPE names the first that does not, ERR_DATA the
 * first value that is no tensor.
 */
export function weightValues(
  place: string,
  weights: readonly { readonly name: string; readonly shape: readonly number[] }[],
  tensors: readonly Tensor[],
): Float32Array[] {
  if (!isArray(tensors) || tensors.length !== weights.length) {
    const got = isArray(tensors) ? tensors.length : shown(tensors);
    throw new ShapeError(`setWeights() expected ${weights.length} tensors, got ${got}`, { place });
  }
  return weights.map(({ name, shape }, i) => {
    const tensor = asTensor(place, `weight '${name}'`, tensors[i]);
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
