import { DataError } from '../errors/errors.js';
import { hasMember } from '../errors/instances.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { functionOf, trueOrFalse, wholeNumber } from '../errors/optionValues.js';
import { asTensor } from '../tensor/asTensor.js';
import { sizeOf, Tensor } from '../tensor/tensor.js';
import type { DatasetBatch } from '../train/dataset.js';
import { permutation } from '../train/permutation.js';

/** Rows of tensors that belong together. */
export interface LabelledRows {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** A batch whose arrays are tensors. */
export interface TensorBatch extends DatasetBatch {
  readonly xs: Tensor;
  readonly ys: Tensor;
}

export interface BatchesOptions {
  /** Visit the rows in a new order every epoch. Default false. */
  shuffle?: boolean;
  /** Of the order. Default 0. */
  seed?: number;
  /** Changes each batch before it is used, as augmentation does; may be async. */
  map?: (batch: TensorBatch) => DatasetBatch | Promise<DatasetBatch>;
}

/**
 * A data set for fitDataset(): the rows of two tensors in batches, the last of which may be
 * smaller. Without `map`, fit() does the same without copying the rows.
 */
export function batches(
  rows: LabelledRows,
  batchSize: number,
  options: BatchesOptions = {},
): (epoch: number) => AsyncGenerator<DatasetBatch> {
  const place = 'batches()';
  checkOptionNames(place, options, ['shuffle', 'seed', 'map']);
  wholeNumber(place, 'batchSize', batchSize, 1);
  const shuffle = trueOrFalse(place, 'shuffle', options.shuffle ?? false);
  const seed = wholeNumber(place, 'seed', options.seed ?? 0, 0);
  const map = options.map ?? undefined;
  if (map !== undefined) functionOf(place, 'map', map, 'a batch');
  const given: unknown = rows;
  const x = asTensor(place, 'x', hasMember(given, 'x') ? given.x : undefined);
  const y = asTensor(place, 'y', hasMember(given, 'y') ? given.y : undefined);
  const count = x.shape[0] ?? 0;
  if (count === 0) throw new DataError('x has no rows', { place });
  if (y.shape[0] !== count) {
    throw new DataError(`y has ${y.shape[0] ?? 0} rows, but x has ${count}`, { place });
  }
  return async function* (epoch: number) {
    const order = shuffle ? permutation(count, seed, epoch) : undefined;
    for (let first = 0; first < count; first += batchSize) {
      const size = Math.min(batchSize, count - first);
      const chosen = order?.subarray(first, first + size);
      const take = (all: Tensor) => (chosen ? gather(all, chosen) : all.slice(first, size));
      const batch = { xs: take(x), ys: take(y) };
      yield map ? await map(batch) : batch;
    }
  };
}

/** The rows of the given numbers, copied. */
function gather(all: Tensor, rows: Int32Array): Tensor {
  const [, ...shape] = all.shape;
  const size = sizeOf(shape);
  const values = all.values.slice(0, rows.length * size);
  rows.forEach((row, i) => {
    values.set(all.values.subarray(row * size, (row + 1) * size), i * size);
  });
  return new Tensor(values, [rows.length, ...shape], all.dtype);
}
