import { DataError } from '../errors/errors.js';
import { hasMember } from '../errors/instances.js';
import { givenOptions } from '../errors/givenOptions.js';
import { functionOf } from '../errors/optionValues.js';
import type { TrainableModel } from '../model/trainable.js';
import type { Batch } from '../native/program.js';
import { wholeBatch, type BatchSource } from './batches.js';
import type { ClassWeights } from './classWeights.js';
import { withWeights } from './sampleWeights.js';
import { toSamples, type SampleData } from './samples.js';

/** One batch of a data set. */
export interface DatasetBatch {
  readonly xs: SampleData;
  readonly ys: SampleData;
  /** One weight for each row, or for each position of an output. */
  readonly sampleWeight?: SampleData;
}

const batchNames = ['xs', 'ys', 'sampleWeight'] as const satisfies readonly (keyof DatasetBatch)[];

type BatchIterable = Iterable<DatasetBatch> | AsyncIterable<DatasetBatch>;

/**
 * Batches to train on. A function is called at the start of every epoch (with its number, from
 * 0). An iterable is iterated anew for every epoch; where the batches of an epoch are given, it
 * is continued over epochs instead and begun anew at its end.
 */
export type Dataset = BatchIterable | ((epoch: number) => BatchIterable | Promise<BatchIterable>);

export interface DatasetSourceOptions {
  /** Batches in an epoch. Default: until the data set ends. */
  readonly steps?: number | undefined;
  readonly classWeight?: ClassWeights | undefined;
  /** The argument's name in errors. */
  readonly place: string;
}

type BatchIterator = Iterator<DatasetBatch> | AsyncIterator<DatasetBatch>;

/** Batches of a data set; the next one is prepared while the present one computes. */
export class DatasetSource implements BatchSource {
  readonly steps: number | undefined;
  readonly samples = undefined;
  private readonly continues: boolean;
  private iterator: BatchIterator | undefined;

  constructor(
    private readonly model: TrainableModel,
    private readonly dataset: Dataset,
    private readonly options: DatasetSourceOptions,
  ) {
    this.steps = options.steps;
    this.continues = options.steps !== undefined && typeof dataset !== 'function';
  }

  async *batches(epoch: number): AsyncGenerator<Batch> {
    this.iterator ??= await open(this.dataset, epoch, this.options.place);
    let coming = this.next(0, epoch);
    try {
      for (let step = 0; ; ++step) {
        const batch = await coming;
        if (!batch) return;
        coming = this.next(step + 1, epoch);
        // An error is reported when its batch is asked for, which may be never.
        coming.catch(() => undefined);
        yield batch;
      }
    } finally {
      if (!this.continues) await this.close();
    }
  }

  async close(): Promise<void> {
    const iterator = this.iterator;
    this.iterator = undefined;
    await iterator?.return?.();
  }

  private async next(step: number, epoch: number): Promise<Batch | undefined> {
    if (step === this.steps) return undefined;
    let result = await this.iterator?.next();
    if (result?.done === true && this.continues) {
      this.iterator = await open(this.dataset, epoch, this.options.place);
      result = await this.iterator.next();
    }
    if (result && result.done !== true) return this.toBatch(result.value, step);
    if (step === 0 || this.steps !== undefined) throw this.endedEarly(step);
    return undefined;
  }

  private endedEarly(step: number): DataError {
    const wanted = this.steps === undefined ? 'at least one' : String(this.steps);
    return new DataError(
      `ended after ${step} batches, expected ${wanted}; ` +
        'pass a function that returns a new iterable for every epoch',
      { place: this.options.place },
    );
  }

  private toBatch(value: unknown, step: number): Batch {
    const place = `${this.options.place} batch ${step}`;
    if (!hasMember(value, 'xs') || !hasMember(value, 'ys')) {
      throw new DataError('expected {xs, ys, sampleWeight?}', { place });
    }
    const places = { x: `${place}: xs`, y: `${place}: ys` };
    const { xs, ys, sampleWeight } = givenOptions(place, value as DatasetBatch, batchNames);
    const samples = toSamples(this.model, xs, ys, places);
    const { classWeight } = this.options;
    const weighting = { sampleWeight, classWeight, place: `${place}: sampleWeight` };
    return wholeBatch(withWeights(this.model, samples, weighting));
  }
}

async function open(dataset: Dataset, epoch: number, place: string): Promise<BatchIterator> {
  const batches: unknown =
    typeof dataset === 'function'
      ? await functionOf(place, 'dataset', dataset, 'an epoch')(epoch)
      : dataset;
  for (const symbol of [Symbol.asyncIterator, Symbol.iterator]) {
    // A typed array is iterable too, and has no batches.
    if (!hasMember(batches, symbol) || ArrayBuffer.isView(batches)) continue;
    const begin = batches[symbol];
    const iterator: unknown =
      typeof begin === 'function' ? Reflect.apply(begin, batches, []) : null;
    if (hasMember(iterator, 'next') && typeof iterator.next === 'function') {
      return iterator as unknown as BatchIterator;
    }
  }
  throw new DataError('expected an iterable of {xs, ys}, or a function that returns one', {
    place,
  });
}
