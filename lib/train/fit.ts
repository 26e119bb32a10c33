import type { CallbackModel } from '../callbacks/callbackModel.js';
import type { History } from '../callbacks/history.js';
import { OptionError } from '../errors/errors.js';
import { givenOptions } from '../errors/givenOptions.js';
import { hasMember } from '../errors/instances.js';
import { isArray } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { wholeNumber } from '../errors/optionValues.js';
import type { Logs, TrainableModel } from '../model/trainable.js';
import type { NativeProgram } from '../native/program.js';
import { arraySource, type BatchSource } from './batches.js';
import { DatasetSource, type Dataset } from './dataset.js';
import { evaluateSource } from './evaluation.js';
import {
  fitDatasetOptionNames,
  fitOptionNames,
  toBatchSize,
  toSchedule,
  toShuffle,
  toTrainingRows,
  type FitDatasetOptions,
  type FitOptions,
  type Schedule,
} from './fitOptions.js';
import { withWeights } from './sampleWeights.js';
import { requireCompiled, toSamples, type SampleData, type Samples } from './samples.js';
import { Trainer } from './trainer.js';

/**
 * Trains a model on arrays. Of data within Float32Array, Int32Array or Uint8Array each step copies
 * its own rows alone; it must not change until the promise settles.
 *
 * Rejects with ERR_OPTION, ERR_SHAPE or ERR_DATA before the first step when an argument is wrong,
 * ERR_DATA or ERR_NOT_FINITE at the step that meets a bad value, ERR_MODEL_BUSY while another
 * training of the model is in progress, ERR_ABORTED when `signal` is aborted. In every case the weights are those
 * of the last whole step.
 */
export async function fit(
  model: CallbackModel,
  x: SampleData,
  y: SampleData,
  fitOptions?: FitOptions | null,
): Promise<History> {
  const place = 'fit()';
  return model.exclusively('fit', async () => {
    const options = givenOptions(place, fitOptions, fitOptionNames);
    const schedule = toSchedule(place, options);
    requireCompiled(model);
    const { sampleWeight, classWeight } = options;
    const samples = withWeights(model, toSamples(model, x, y), { sampleWeight, classWeight });
    const rows = toTrainingRows(place, options, samples.count);
    const batchSize = toBatchSize(place, 'batchSize', options.batchSize, rows);
    const source = arraySource(samples, {
      batchSize,
      count: rows,
      seed: toShuffle(place, options.shuffle) ? model.seed : undefined,
      steps: toSteps(place, options.stepsPerEpoch, rows, batchSize),
    });
    const validation = validationSource(model, options, { samples, rows, batchSize });
    const program = await model.program();
    const validate = validation && validator(model, program, schedule, validation);
    return new Trainer(model, program, { place, source, schedule, validate }).run();
  });
}

/**
 * Trains a model on batches from an iterable. The next batch is awaited while the present one
 * computes. Errors as for fit().
 */
export async function fitDataset(
  model: CallbackModel,
  dataset: Dataset,
  fitOptions?: FitDatasetOptions | null,
): Promise<History> {
  const place = 'fitDataset()';
  return model.exclusively('fitDataset', async () => {
    const options = givenOptions(place, fitOptions, fitDatasetOptionNames);
    const schedule = toSchedule(place, options);
    requireCompiled(model);
    const { batchesPerEpoch, classWeight } = options;
    const source = new DatasetSource(model, dataset, {
      steps: toBatches(place, 'batchesPerEpoch', batchesPerEpoch),
      classWeight,
      place: 'dataset',
    });
    const validation = datasetValidation(model, options);
    const program = await model.program();
    const validate = validation && validator(model, program, schedule, validation);
    return new Trainer(model, program, { place, source, schedule, validate }).run();
  });
}

function validator(
  model: TrainableModel,
  program: NativeProgram,
  schedule: Schedule,
  source: BatchSource,
): () => Promise<Logs> {
  const { signal } = schedule;
  return () => evaluateSource(model, program, { place: 'validation', source, verbose: 0, signal });
}

interface TrainingRows {
  readonly samples: Samples;
  /** The rows from the front that are trained on. */
  readonly rows: number;
  readonly batchSize: number;
}

function validationSource(
  model: TrainableModel,
  options: FitOptions,
  { samples, rows, batchSize }: TrainingRows,
): BatchSource | undefined {
  const size = options.validationBatchSize ?? batchSize;
  if (options.validationData !== undefined) {
    return arrayValidation('fit()', model, options.validationData, size);
  }
  const count = samples.count - rows;
  if (count === 0) return undefined;
  // Class weights are for training alone; weights of rows belong to their rows.
  const { inputs, targets } = samples;
  const unweighted = { count: samples.count, inputs, targets };
  const held = options.sampleWeight === undefined ? unweighted : samples;
  return arraySource(held, {
    first: rows,
    count,
    batchSize: toBatchSize('fit()', 'validationBatchSize', size, count),
  });
}

function arrayValidation(
  place: string,
  model: TrainableModel,
  data: NonNullable<FitOptions['validationData']>,
  batchSize: number,
): BatchSource {
  if (!isArray(data) || data.length < 2 || data.length > 3) {
    throw new OptionError(`validationData is ${shown(data)}; expected [x, y, sampleWeight?]`, {
      place,
    });
  }
  const [x, y, sampleWeight] = data as readonly [SampleData, SampleData, SampleData?];
  const places = { x: 'validationData x', y: 'validationData y' };
  const weighting = { sampleWeight, place: 'validationData sampleWeight' };
  const samples = withWeights(model, toSamples(model, x, y, places), weighting);
  const size = toBatchSize(place, 'validationBatchSize', batchSize, samples.count);
  return arraySource(samples, { batchSize: size });
}

function datasetValidation(
  model: TrainableModel,
  options: FitDatasetOptions,
): BatchSource | undefined {
  const place = 'fitDataset()';
  const { validationData, validationBatches, validationBatchSize = 32 } = options;
  const steps = toBatches(place, 'validationBatches', validationBatches);
  if (validationData === undefined) return undefined;
  if (isArrays(validationData)) {
    return arrayValidation(place, model, validationData, validationBatchSize);
  }
  return new DatasetSource(model, validationData, { steps, place: 'validationData' });
}

/** [x, y] or [x, y, sampleWeight], where a list of batches has records with xs. */
function isArrays(data: unknown): data is NonNullable<FitOptions['validationData']> {
  if (!isArray(data) || data.length < 2 || data.length > 3) return false;
  const first: unknown = data[0];
  return !hasMember(first, 'xs');
}

function toBatches(place: string, name: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : wholeNumber(place, name, value, 1);
}

function toSteps(
  place: string,
  value: number | undefined,
  rows: number,
  batchSize: number,
): number | undefined {
  if (value === undefined) return undefined;
  const steps = wholeNumber(place, 'stepsPerEpoch', value, 1);
  const available = Math.ceil(rows / batchSize);
  if (steps <= available) return steps;
  throw new OptionError(
    `stepsPerEpoch ${steps} is more than the ${available} batches of ${batchSize} in ${rows} samples`,
    { place },
  );
}
