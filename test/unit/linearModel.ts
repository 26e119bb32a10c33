import { ModelBusyError, NotFiniteError } from '../../lib/errors/errors.js';
import type { CallbackModel } from '../../lib/callbacks/callbackModel.js';
import type { InputSlot, MetricSlot, OutputSlot } from '../../lib/model/trainable.js';
import type { Batch, NativeProgram, OptimizerState, Result } from '../../lib/native/program.js';
import { Sgd } from '../../lib/optimizers/sgd.js';

/** One call of train or evaluate, with the numbers of its rows. */
export interface Step {
  readonly kind: 'train' | 'evaluate' | 'predict';
  readonly rows: readonly number[];
  readonly learningRate?: number;
}

/**
 * y = w x by gradient descent on the mean squared error, in plain loops: a program for tests of
 * the training loop, where the native one is not the subject.
 */
export class LinearProgram implements NativeProgram {
  readonly steps: Step[] = [];
  readonly w: Float32Array;
  /** Values that successive evaluations report as their loss instead of the real one. */
  scriptedLosses: number[] = [];
  /** Runs before a training step's update. */
  onTrain: (batch: Batch, step: number) => void | Promise<void> = () => undefined;
  readings = 0;
  trained = 0;
  disposed = false;
  readonly bytes = 0;
  private readonly runs = new Map<number, { sum: number; count: number }>();

  constructor(private readonly inputs: number) {
    this.w = new Float32Array(inputs);
  }

  async train(batch: Batch, learningRate: number): Promise<void> {
    await this.onTrain(batch, this.trained);
    const rows = rowsOf(batch);
    this.steps.push({ kind: 'train', rows, learningRate });
    const gradient = new Float64Array(this.inputs);
    for (const row of rows) {
      const error = this.output(batch, row) - (batch.targets?.[0]?.[row] ?? NaN);
      const weight = batch.sampleWeights?.[0]?.[row] ?? 1;
      this.add(0, weight * error * error);
      gradient.forEach((g, i) => {
        gradient[i] = g + (2 * weight * error * this.x(batch, row, i)) / rows.length;
      });
    }
    if (gradient.some((g) => !Number.isFinite(g))) throw new NotFiniteError('step is not finite');
    gradient.forEach((g, i) => (this.w[i] = (this.w[i] ?? 0) - learningRate * g));
    this.trained += 1;
  }

  async evaluate(batch: Batch, run = 0): Promise<void> {
    const rows = rowsOf(batch);
    this.steps.push({ kind: 'evaluate', rows });
    const scripted = this.scriptedLosses.shift();
    for (const row of rows) {
      const error = this.output(batch, row) - (batch.targets?.[0]?.[row] ?? NaN);
      const weight = batch.sampleWeights?.[0]?.[row] ?? 1;
      this.add(run, scripted ?? weight * error * error);
    }
    return Promise.resolve();
  }

  predict(batch: Batch): Promise<Float32Array[]> {
    const rows = rowsOf(batch);
    this.steps.push({ kind: 'predict', rows });
    return Promise.resolve([Float32Array.from(rows, (row) => this.output(batch, row))]);
  }

  results(reset: boolean, run = 0): Promise<Result[]> {
    if (run === 0) this.readings += 1;
    const { sum, count } = this.runs.get(run) ?? { sum: 0, count: 0 };
    if (reset) this.runs.delete(run);
    return Promise.resolve([
      { name: 'loss/0', sum, count },
      { name: 'metric/0', sum: sum / 2, count },
      { name: 'penalty', sum: 0, count: 0 },
    ]);
  }

  getWeights(): Promise<Float32Array[]> {
    return Promise.resolve([this.w.slice()]);
  }

  setWeights([values]: readonly (Float32Array | null)[]): Promise<void> {
    if (values) this.w.set(values);
    return Promise.resolve();
  }

  getOptimizerState(): Promise<OptimizerState> {
    return Promise.resolve({ names: [], values: [], step: this.trained });
  }

  setOptimizerState(state: OptimizerState): Promise<void> {
    this.trained = state.step;
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }

  configureTraining = unused;
  initialize = unused;
  gradients = unused;
  explain = unused;
  plan = unused;
  profile = unused;

  private add(run: number, loss: number): void {
    const { sum, count } = this.runs.get(run) ?? { sum: 0, count: 0 };
    this.runs.set(run, { sum: sum + loss, count: count + 1 });
  }

  private x(batch: Batch, row: number, i: number): number {
    return batch.inputs[0]?.[row * this.inputs + i] ?? NaN;
  }

  private output(batch: Batch, row: number): number {
    return this.w.reduce((sum, w, i) => sum + w * this.x(batch, row, i), 0);
  }
}

function unused(): Promise<never> {
  return Promise.reject(new Error('not part of the training loop'));
}

function notThere(): never {
  throw new Error('not part of the training loop');
}

function rowsOf(batch: Batch): number[] {
  if (batch.indices) return [...batch.indices];
  const first = batch.first ?? 0;
  return Array.from({ length: batch.size }, (_, i) => first + i);
}

export interface LinearModelOptions {
  inputs?: number;
  outputSlot?: Partial<OutputSlot>;
  learningRate?: number;
}

/** A compiled model around a LinearProgram. */
export class LinearModel implements CallbackModel {
  readonly name = 'linear';
  readonly seed = 7;
  readonly isCompiled = true;
  readonly inputSlots: readonly InputSlot[];
  readonly outputSlots: readonly OutputSlot[];
  readonly metricSlots: readonly MetricSlot[] = [{ name: 'half' }];
  readonly optimizer: Sgd;
  readonly linear: LinearProgram;
  readonly savedPaths: string[] = [];
  stopTraining = false;
  private running: string | undefined;

  constructor({ inputs = 1, outputSlot = {}, learningRate = 0.1 }: LinearModelOptions = {}) {
    this.inputSlots = [{ name: 'x', shape: [inputs] }];
    const slot = { name: 'y', shape: [1], loss: 'meanSquaredError', target: 'dense' as const };
    this.outputSlots = [{ ...slot, ...outputSlot }];
    this.optimizer = new Sgd({ learningRate });
    this.linear = new LinearProgram(inputs);
  }

  program(): Promise<NativeProgram> {
    return Promise.resolve(this.linear);
  }

  useProgram<T>(call: (program: NativeProgram) => Promise<T>): Promise<T> {
    return call(this.linear);
  }

  async exclusively<T>(method: string, work: () => Promise<T>): Promise<T> {
    if (this.running) throw new ModelBusyError(`${this.running} is in progress`);
    this.running = method;
    try {
      return await work();
    } finally {
      this.running = undefined;
    }
  }

  alongside<T>(_method: string, _needs: string, work: () => Promise<T>): Promise<T> {
    return work();
  }

  betweenSteps<T>(batch: () => Promise<T>): Promise<T> {
    return batch();
  }

  save(path: string): Promise<void> {
    this.savedPaths.push(path);
    return Promise.resolve();
  }

  saveWeights(path: string): Promise<void> {
    return this.save(path);
  }

  readonly layers = [];
  readonly weights = [];
  readonly metricsNames = ['loss', 'half'];
  getLayer = notThere;
  countParams = notThere;
  summary = notThere;
  predict = unused;
  predictOnBatch = unused;
  evaluate = unused;
  evaluateDataset = unused;
  getWeights = unused;
  setWeights = unused;
}
