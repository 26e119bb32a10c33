import { givenOptions } from '../errors/givenOptions.js';
import type { LossLogs, TrainableModel } from '../model/trainable.js';
import { wholeBatch } from './batches.js';
import { EvaluationRun } from './evaluationRun.js';
import { readLogs } from './results.js';
import type { ClassWeights } from './classWeights.js';
import { withWeights } from './sampleWeights.js';
import { requireCompiled, toSamples, type SampleData } from './samples.js';

export interface TrainOnBatchOptions {
  /** The weight of each row in the loss, or of each position: [n,h,w] for outputs [n,h,w,c]. */
  sampleWeight?: SampleData;
  /** The weight of each class in the loss. */
  classWeight?: ClassWeights;
}

export type TestOnBatchOptions = Pick<TrainOnBatchOptions, 'sampleWeight'>;

/** One training step on all rows of x; the losses and metrics of that step, before its update. */
export async function trainOnBatch(
  model: TrainableModel,
  x: SampleData,
  y: SampleData,
  batchOptions?: TrainOnBatchOptions | null,
): Promise<LossLogs> {
  return model.exclusively('trainOnBatch', async () => {
    const options = givenOptions('trainOnBatch()', batchOptions, ['sampleWeight', 'classWeight']);
    const { learningRate } = model.optimizer;
    const batch = wholeBatch(withWeights(model, toSamples(model, x, y), options));
    const program = await model.program();
    // Queued together: a small step is shorter than a turn of the event loop.
    await Promise.all([program.results(true), program.train(batch, learningRate)]);
    return readLogs(model, program, true);
  });
}

/** The losses and metrics of a model over all rows of x as one batch. */
export async function testOnBatch(
  model: TrainableModel,
  x: SampleData,
  y: SampleData,
  batchOptions?: TestOnBatchOptions | null,
): Promise<LossLogs> {
  return model.alongside('testOnBatch', 'losses', async () => {
    const options = givenOptions('testOnBatch()', batchOptions, ['sampleWeight']);
    requireCompiled(model);
    const batch = wholeBatch(withWeights(model, toSamples(model, x, y), options));
    const run = new EvaluationRun(model, await model.program());
    try {
      await run.add(batch);
      return await run.logs();
    } finally {
      run.forget();
    }
  });
}
