import { checkOptionNames } from '../errors/optionNames.js';
import type { Logs, TrainableModel } from '../model/trainable.js';
import { wholeBatch } from './batches.js';
import { readLogs } from './results.js';
import { withWeights, type ClassWeights } from './sampleWeights.js';
import { requireCompiled, toSamples, type SampleData } from './samples.js';

export interface TrainOnBatchOptions {
  /** The weight of each row in the loss. */
  sampleWeight?: SampleData;
  /** The weight of each class in the loss. */
  classWeight?: ClassWeights;
}

/** One training step on all rows of x; the losses and metrics of that step, before its update. */
export async function trainOnBatch(
  model: TrainableModel,
  x: SampleData,
  y: SampleData,
  options: TrainOnBatchOptions = {},
): Promise<Logs> {
  return model.exclusively('trainOnBatch', async () => {
    checkOptionNames('trainOnBatch()', options, ['sampleWeight', 'classWeight']);
    const { learningRate } = model.optimizer;
    const batch = wholeBatch(withWeights(model, toSamples(model, x, y), options));
    const program = await model.program();
    await program.results(true);
    await program.train(batch, learningRate);
    return readLogs(model, program, true);
  });
}

/** The losses and metrics of a model over all rows of x as one batch. */
export async function testOnBatch(
  model: TrainableModel,
  x: SampleData,
  y: SampleData,
  options: { sampleWeight?: SampleData } = {},
): Promise<Logs> {
  return model.exclusively('testOnBatch', async () => {
    checkOptionNames('testOnBatch()', options, ['sampleWeight']);
    requireCompiled(model);
    const batch = wholeBatch(withWeights(model, toSamples(model, x, y), options));
    const program = await model.program();
    await program.results(true);
    await program.evaluate(batch);
    return readLogs(model, program, true);
  });
}
