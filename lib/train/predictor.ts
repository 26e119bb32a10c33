import { DataError, DisposedError, ModelBusyError } from '../errors/errors.js';
import { givenOptions } from '../errors/givenOptions.js';
import { realNumber, wholeNumber } from '../errors/optionValues.js';
import { longestAxis } from '../layers/limits.js';
import { asyncDisposeSymbol } from '../model/disposeSymbols.js';
import type { Prediction, TrainableModel } from '../model/trainable.js';
import type { HostArray } from '../native/program.js';
import { allocated, sizeOf } from '../tensor/shapes.js';
import { Tensor } from '../tensor/tensor.js';
import { predictOnBatch } from './predict.js';
import { toInputs, type SampleData } from './samples.js';

export interface PredictorOptions {
  /** Rows that are predicted together at most. Default 32. */
  maxBatch?: number;
  /** Milliseconds that a request waits for others at most, while the model is free. Default 1. */
  maxWait?: number;
  /** Requests that may wait; one more is ERR_MODEL_BUSY, for a server to say 503. Default 1024. */
  maxQueue?: number;
}

interface Request {
  readonly count: number;
  readonly inputs: readonly HostArray[];
  readonly since: number;
  readonly resolve: (outputs: Prediction) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers predictions of single samples into batches, which take little longer than one sample.
 * A batch is predicted when it is full, or when its first request has waited `maxWait`; what comes
 * while a batch is predicted goes with the next.
 */
export class Predictor<Result extends Prediction = Prediction> {
  private readonly maxBatch: number;
  private readonly maxWait: number;
  private readonly maxQueue: number;
  private readonly place: string;
  private readonly waiting: Request[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly model: TrainableModel,
    predictorOptions?: PredictorOptions | null,
  ) {
    const place = 'predictor()';
    const names = ['maxBatch', 'maxWait', 'maxQueue'] as const;
    const options = givenOptions(place, predictorOptions, names);
    this.maxBatch = wholeNumber(place, 'maxBatch', options.maxBatch ?? 32, 1, longestAxis);
    const range = { minimum: 0, maximum: 60_000 };
    this.maxWait = realNumber(place, 'maxWait', options.maxWait ?? 1, range);
    this.maxQueue = wholeNumber(place, 'maxQueue', options.maxQueue ?? 1024, 1);
    this.place = `predictor of model '${model.name}'`;
  }

  /** Requests that wait for their batch. */
  get pending(): number {
    return this.waiting.length;
  }

  /**
   * The outputs for x, as model.predict() gives them: a batch of one sample, or of at most
   * `maxBatch`. Rejects with ERR_SHAPE or ERR_DATA for its own samples alone, ERR_MODEL_BUSY when
   * `maxQueue` requests wait, ERR_DISPOSED after close(). x must not change until then.
   */
  async predict(x: SampleData): Promise<Result> {
    if (this.closed) {
      throw new DisposedError('it was closed; make a new one', { place: this.place });
    }
    const rows = toInputs(this.model, x);
    const count = rows[0]?.count ?? 0;
    if (count > this.maxBatch) {
      throw new DataError(`has ${count} rows; at most maxBatch, ${this.maxBatch}, go together`, {
        place: 'x',
      });
    }
    if (this.waiting.length >= this.maxQueue) {
      throw new ModelBusyError(
        `${this.maxQueue} requests wait already; try again later, or raise maxQueue`,
        { place: this.place },
      );
    }
    const answer = new Promise<Prediction>((resolve, reject) => {
      const inputs = rows.map(({ data }) => data);
      this.waiting.push({ count, inputs, since: performance.now(), resolve, reject });
      this.schedule();
    });
    // The type of a model says how many outputs it has.
    return answer as Promise<Result>;
  }

  /** Refuses further requests, and resolves when those that wait were answered. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.waiting.length > 0 || this.running !== undefined) {
      this.begin();
      await this.running;
    }
  }

  [asyncDisposeSymbol](): Promise<void> {
    return this.close();
  }

  private schedule(): void {
    const [first] = this.waiting;
    if (this.running !== undefined || first === undefined) return;
    const wait = first.since + this.maxWait - performance.now();
    if (this.closed || wait <= 0 || this.batchLength() < this.waiting.length || this.isFull()) {
      this.begin();
    } else {
      this.timer ??= setTimeout(() => {
        this.begin();
      }, wait);
    }
  }

  private isFull(): boolean {
    return this.waiting.reduce((rows, { count }) => rows + count, 0) >= this.maxBatch;
  }

  /** Requests from the front that go together. */
  private batchLength(): number {
    let rows = 0;
    const end = this.waiting.findIndex(({ count }) => (rows += count) > this.maxBatch);
    return end < 0 ? this.waiting.length : end;
  }

  private begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.running !== undefined || this.waiting.length === 0) return;
    const requests = this.waiting.splice(0, this.batchLength());
    this.running = this.answer(requests).finally(() => {
      this.running = undefined;
      this.schedule();
    });
  }

  private async answer(requests: readonly Request[]): Promise<void> {
    try {
      const outputs: Prediction = await predictOnBatch(this.model, joined(requests));
      share(Array.isArray(outputs) ? outputs : [outputs], requests);
    } catch (error) {
      if (requests.length === 1) requests[0]?.reject(error);
      // One with a value that is not finite must not cost the others their answer.
      else for (const request of requests) await this.answer([request]);
    }
  }
}

/** The rows of all requests, by input. */
function joined(requests: readonly Request[]): HostArray[] {
  const [first] = requests;
  if (first === undefined || requests.length === 1) return [...(first?.inputs ?? [])];
  return first.inputs.map((_, i) => concatenated(requests.map(({ inputs }) => inputs[i])));
}

function concatenated(parts: readonly (HostArray | undefined)[]): HostArray {
  const length = parts.reduce((total, part) => total + (part?.length ?? 0), 0);
  const areBytes = parts.every((part) => part instanceof Uint8Array);
  const all = areBytes
    ? allocated<Uint8Array>('predictor', Uint8Array, length)
    : allocated<Float32Array>('predictor', Float32Array, length);
  let at = 0;
  for (const part of parts) {
    if (part) all.set(part, at);
    at += part?.length ?? 0;
  }
  return all;
}

/** Gives each request its rows of the outputs. */
function share(outputs: readonly Tensor[], requests: readonly Request[]): void {
  let row = 0;
  for (const { count, resolve } of requests) {
    const from = row;
    const own = outputs.map(({ values, shape }) => {
      const rowShape = shape.slice(1);
      const size = sizeOf(rowShape);
      const rows = values.slice(from * size, (from + count) * size);
      return new Tensor(rows, [count, ...rowShape], 'float32');
    });
    const [first] = own;
    resolve(first && own.length === 1 ? first : own);
    row += count;
  }
}
