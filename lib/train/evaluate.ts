import { givenOptions } from '../errors/givenOptions.js';
import { wholeNumber } from '../errors/optionValues.js';
import type { LossLogs, TrainableModel } from '../model/trainable.js';
import { arraySource } from './batches.js';
import { DatasetSource, type Dataset } from './dataset.js';
import { evaluateSource } from './evaluation.js';
import { toBatchSize, toSignal, toVerbose } from './fitOptions.js';
import { withWeights } from './sampleWeights.js';
import { requireCompiled, toSamples, type SampleData } from './samples.js';
import type { StopSignal } from './stopSignal.js';

export interface EvaluateOptions {
  /** Samples in a step; a larger size is cut to the samples there are. Default 32. */
  batchSize?: number;
  /** 0 silent, 1 progress bar, 2 one line; to stderr. Default 0. */
  verbose?: 0 | 1 | 2;
  /** The weight of each row in the loss, or of each position: [n,h,w] for outputs [n,h,w,c]. */
  sampleWeight?: SampleData;
  /** Stops between two steps with ERR_ABORTED. */
  signal?: StopSignal;
}

export interface EvaluateDatasetOptions {
  /** Default: until the data set ends. */
  batches?: number;
  /** As for evaluate(). */
  verbose?: 0 | 1 | 2;
  signal?: StopSignal;
}

const optionNames = [
  'batchSize',
  'verbose',
  'sampleWeight',
  'signal',
] as const satisfies readonly (keyof EvaluateOptions)[];

/** The losses and metrics of a model over arrays, by their log names ('loss', 'accuracy'). */
export async function evaluate(
  model: TrainableModel,
  x: SampleData,
  y: SampleData,
  evaluateOptions?: EvaluateOptions | null,
): Promise<LossLogs> {
  const place = 'evaluate()';
  return model.alongside('evaluate', 'losses', async () => {
    const options = givenOptions(place, evaluateOptions, optionNames);
    requireCompiled(model);
    const samples = withWeights(model, toSamples(model, x, y), options);
    const batchSize = toBatchSize(place, 'batchSize', options.batchSize, samples.count);
    return evaluateSource(model, await model.program(), {
      place,
      source: arraySource(samples, { batchSize }),
      verbose: toVerbose(place, options.verbose ?? 0),
      signal: toSignal(place, options.signal),
    });
  });
}

/** The losses and metrics of a model over the batches of a data set. */
export async function evaluateDataset(
  model: TrainableModel,
  dataset: Dataset,
  evaluateOptions?: EvaluateDatasetOptions | null,
): Promise<LossLogs> {
  const place = 'evaluateDataset()';
  return model.alongside('evaluateDataset', 'losses', async () => {
    const options = givenOptions(place, evaluateOptions, ['batches', 'verbose', 'signal']);
    requireCompiled(model);
    const { batches } = options;
    const steps = batches === undefined ? undefined : wholeNumber(place, 'batches', batches, 1);
    return evaluateSource(model, await model.program(), {
      place,
      source: new DatasetSource(model, dataset, { steps, place: 'dataset' }),
      verbose: toVerbose(place, options.verbose ?? 0),
      signal: toSignal(place, options.signal),
    });
  });
}
