import { DataError, ShapeError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { asTensor, isTensor } from '../tensor/asTensor.js';
import { sizeOf, type Shape, type Tensor, type TensorData } from '../tensor/tensor.js';
import { fitsRow } from './sampleKinds.js';

/** Whether a list holds one tensor for each row; a list of one may hold all rows instead. */
export function isRowList(data: readonly unknown[], shape: Shape): data is readonly Tensor[] {
  const [first] = data;
  if (!isTensor(first)) return false;
  return data.length > 1 || fitsRow(first.shape, shape);
}

/** The rows in one array, copied: bytes where all are bytes, else float32 (or int32). */
export function stackedRows(place: string, list: readonly unknown[], shape: Shape): TensorData {
  const tensors = list.map((value, row) => {
    const at = `${place}[${row}]`;
    if (!isTensor(value)) {
      throw new DataError(`expected a tensor as before it, got ${shown(value)}`, { place: at });
    }
    const tensor = asTensor(at, 'row', value);
    if (fitsRow(tensor.shape, shape)) return tensor;
    throw new ShapeError(
      `expected one row of shape [${shape.join(',')}], got [${value.shape.join(',')}]`,
      { place: at },
    );
  });
  const size = sizeOf(shape);
  const values = arrayFor(tensors, tensors.length * size);
  tensors.forEach((tensor, row) => {
    values.set(tensor.values, row * size);
  });
  return values;
}

function arrayFor(tensors: readonly Tensor[], size: number): TensorData {
  const types = new Set(tensors.map(({ dtype }) => dtype));
  if (types.size !== 1) return new Float32Array(size);
  if (types.has('int32')) return new Int32Array(size);
  return types.has('float32') ? new Float32Array(size) : new Uint8Array(size);
}
