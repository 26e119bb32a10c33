import { ShapeError } from '../errors/errors.js';
import { givenOptions } from '../errors/givenOptions.js';
import { trueOrFalse } from '../errors/optionValues.js';
import type { OutputSlot, Prediction, TrainableModel } from '../model/trainable.js';
import type { NativeProgram } from '../native/program.js';
import { allocated, sizeOf } from '../tensor/shapes.js';
import { Tensor } from '../tensor/tensor.js';
import { throwIfAborted } from './abort.js';
import { arraySource } from './batches.js';
import { toBatchSize, toSignal, toVerbose } from './fitOptions.js';
import { Progress } from './progress.js';
import { toInputs, type SampleData, type Samples } from './samples.js';
import type { StopSignal } from './stopSignal.js';

export interface PredictOptions {
  /** Samples in a step; a larger size is cut to the samples there are. Default 32. */
  batchSize?: number;
  /** 0 silent, 1 progress bar, 2 one line; to stderr. Default 0. */
  verbose?: 0 | 1 | 2;
  /**
   * Compute as in training, as Keras's model(x, training=True) does: dropout leaves values out,
   * others in each call, and batch normalization takes the statistics of each batch. No weight
   * changes, moving averages included. Default false.
   */
  training?: boolean;
  /** Stops between two steps with ERR_ABORTED. */
  signal?: StopSignal;
}

const optionNames = [
  'batchSize',
  'verbose',
  'training',
  'signal',
] as const satisfies readonly (keyof PredictOptions)[];

/** The outputs of a model for each row of x: a tensor, or a list of them for several outputs. */
export async function predict<Result extends Prediction>(
  model: TrainableModel,
  x: SampleData,
  predictOptions?: PredictOptions | null,
): Promise<Result> {
  const place = 'predict()';
  return model.alongside('predict', 'outputs', async () => {
    const options = givenOptions(place, predictOptions, optionNames);
    const samples = inputSamples(model, x);
    const batchSize = toBatchSize(place, 'batchSize', options.batchSize, samples.count);
    const signal = toSignal(place, options.signal);
    const verbose = toVerbose(place, options.verbose ?? 0);
    const training = trueOrFalse(place, 'training', options.training ?? false);
    const steps = Math.ceil(samples.count / batchSize);
    const progress =
      verbose === 0 ? undefined : new Progress({ label: place, steps, summaryOnly: verbose === 2 });
    const begun = performance.now();
    try {
      const onStep = (step: number, done: number) => {
        const elapsed = performance.now() - begun;
        const state = { step, samples: done, logs: {}, elapsed, dataWait: 0 };
        progress?.update(state);
        if (step === steps) progress?.finish(state);
        throwIfAborted(signal, place, () => ({ step }));
      };
      const run = { samples, batchSize, training, onStep };
      return await predictRows<Result>(model, run);
    } finally {
      progress?.finish();
    }
  });
}

/** The outputs for all rows of x as one batch. */
export async function predictOnBatch<Result extends Prediction>(
  model: TrainableModel,
  x: SampleData,
): Promise<Result> {
  return model.alongside('predictOnBatch', 'outputs', async () => {
    const samples = inputSamples(model, x);
    const onStep = () => undefined;
    const run = { samples, batchSize: samples.count, training: false, onStep };
    return predictRows<Result>(model, run);
  });
}

function inputSamples(model: TrainableModel, x: SampleData): Samples {
  const rows = toInputs(model, x);
  return { count: rows[0]?.count ?? 0, inputs: rows.map((part) => part.data), targets: [] };
}

interface Run {
  readonly samples: Samples;
  readonly batchSize: number;
  readonly training: boolean;
  readonly onStep: (step: number, samples: number) => void;
}

async function predictRows<Result extends Prediction>(
  model: TrainableModel,
  { samples, batchSize, training, onStep }: Run,
): Promise<Result> {
  const sizes = model.outputSlots.map((slot) => sizeOf(slot.shape));
  const outputs = sizes.map((size) =>
    allocated<Float32Array>('predict()', Float32Array, samples.count * size),
  );
  const batches = arraySource(samples, { batchSize }).batches(0) as Iterator<
    Parameters<NativeProgram['predict']>[0]
  >;
  let done = 0;
  let step = 0;
  for (let next = batches.next(); next.done !== true; next = batches.next()) {
    const batch = next.value;
    // compile() may make another program between two batches.
    const values = await model.betweenSteps(() =>
      model.useProgram((program) => program.predict(batch, training)),
    );
    outputs.forEach((output, i) => {
      const given = values[i] ?? new Float32Array(0);
      requireDeclared(model.outputSlots[i], given.length / batch.size);
      output.set(given, done * (sizes[i] ?? 0));
    });
    done += batch.size;
    step += 1;
    onStep(step, done);
  }
  const tensors = model.outputSlots.map(
    (slot, i) =>
      new Tensor(outputs[i] ?? new Float32Array(0), [samples.count, ...slot.shape], 'float32'),
  );
  const [first] = tensors;
  // The type of a model says how many outputs it has.
  return (first && tensors.length === 1 ? first : tensors) as Result;
}

// The ops of a custom layer need not make what its outputShapeOf() says.
function requireDeclared(slot: OutputSlot | undefined, elements: number): void {
  if (slot === undefined || elements === sizeOf(slot.shape)) return;
  throw new ShapeError(
    `its layer declares [${slot.shape.join(',')}], and its ops give ${elements} values for each ` +
      'sample; mend outputShapeOf() or lower()',
    { place: `output '${slot.name}'` },
  );
}
