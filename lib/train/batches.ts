import type { Batch } from '../native/program.js';
import { permutation } from './permutation.js';
import type { Samples } from './samples.js';

/** The batches of each epoch. */
export interface BatchSource {
  /** In an epoch; undefined when only the data itself knows. */
  readonly steps: number | undefined;
  /** In an epoch; undefined when only the data itself knows. */
  readonly samples: number | undefined;
  batches(epoch: number): Iterator<Batch> | AsyncIterator<Batch>;
  /** Ends the iteration of the data, after the last epoch. */
  close?(): Promise<void>;
}

export interface ArraySourceOptions {
  readonly batchSize: number;
  /** The first row that is used. Default 0. */
  readonly first?: number;
  /** The number of rows that are used. Default all. */
  readonly count?: number;
  /** A seed to shuffle with; undefined keeps the order. */
  readonly seed?: number | undefined;
  /** Default: as many as there are batches. */
  readonly steps?: number | undefined;
}

/**
 * Batches of rows of whole arrays: native code gathers the rows of each by their numbers. A last
 * batch with fewer rows is used as it is.
 */
export function arraySource(samples: Samples, options: ArraySourceOptions): BatchSource {
  const { batchSize, first = 0, count = samples.count, seed } = options;
  const steps = options.steps ?? Math.ceil(count / batchSize);
  return {
    steps,
    samples: Math.min(count, steps * batchSize),
    *batches(epoch: number): Generator<Batch> {
      const order = seed === undefined ? undefined : permutation(count, seed, epoch);
      if (first > 0 && order) order.forEach((row, i) => (order[i] = row + first));
      for (let step = 0; step < steps; ++step) {
        const begin = step * batchSize;
        const size = Math.min(batchSize, count - begin);
        const rows = order
          ? { indices: order.subarray(begin, begin + size) }
          : { first: first + begin };
        yield { size, ...rows, ...arraysOf(samples) };
      }
    },
  };
}

/** All rows as one batch. */
export function wholeBatch(samples: Samples): Batch {
  return { size: samples.count, ...arraysOf(samples) };
}

function arraysOf({ inputs, targets, sampleWeights }: Samples): Omit<Batch, 'size'> {
  return {
    inputs,
    ...(targets.length > 0 ? { targets } : {}),
    ...(sampleWeights ? { sampleWeights } : {}),
  };
}
