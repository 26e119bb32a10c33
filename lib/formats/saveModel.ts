import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkOptionNames } from '../errors/optionNames.js';
import { trueOrFalse } from '../errors/optionValues.js';
import { toIoError } from '../files/ioError.js';
import type { OptimizerState } from '../native/program.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { Tensor } from '../tensor/tensor.js';
import { modelPath } from './modelPath.js';
import { optimizerPrefix, recordToMetadata, type ModelRecord } from './modelRecord.js';
import type { SavableModel } from './savableModel.js';
import { writeSafetensors } from './safetensors.js';

export interface SaveOptions {
  /** Save the state of the optimizer too, so that a resumed run continues exactly. Default true. */
  includeOptimizer?: boolean;
}

/**
 * Writes a model to one safetensors file: its layers, the arguments of compile() and the seed as
 * JSON in the metadata, the weights by name, and the optimizer's state. The file takes the
 * place of an older one only as a whole. Missing folders are made. Rejects with ERR_IO.
 */
export async function saveModel(
  model: SavableModel,
  path: string,
  options: SaveOptions = {},
): Promise<void> {
  checkOptionNames('save()', options, ['includeOptimizer']);
  const include = trueOrFalse('save()', 'includeOptimizer', options.includeOptimizer ?? true);
  const file = modelPath('save()', path);
  const { values, ...described } = await snapshot(model, include);
  const [weights, state] = values;
  const record: ModelRecord = {
    ...described,
    ...(state ? { optimizer: { step: state.step, names: state.names } } : {}),
  };
  const tensors = new Map([...weightTensors(model, weights), ...stateTensors(state)]);
  await writeWithFolder(file, tensors, recordToMetadata(record));
}

interface Snapshot extends Omit<ModelRecord, 'optimizer'> {
  readonly values: [Float32Array[], OptimizerState | undefined];
}

/** What belongs together: compile() and training steps may come at any time. */
async function snapshot(model: SavableModel, includeOptimizer: boolean): Promise<Snapshot> {
  for (;;) {
    const optimizer = optimizerOf(model);
    const found = await model.useProgram(async (program): Promise<Snapshot | undefined> => {
      if (optimizer !== optimizerOf(model)) return undefined;
      const described = descriptionOf(model);
      const state = includeOptimizer && model.isCompiled ? program.getOptimizerState() : undefined;
      return { ...described, values: await Promise.all([program.getWeights(), state]) };
    });
    if (found !== undefined) return found;
  }
}

function descriptionOf(model: SavableModel): Omit<ModelRecord, 'optimizer'> {
  const { trainingConfig: training, trainedLayers: trained } = model;
  return {
    topology: model.toJSON(),
    ...(training ? { training } : {}),
    ...(trained ? { trained } : {}),
  };
}

function optimizerOf(model: SavableModel): Optimizer | undefined {
  return model.isCompiled ? model.optimizer : undefined;
}

/** Writes the weights alone, by name, to a safetensors file. Rejects with ERR_IO. */
export async function saveWeights(model: SavableModel, path: string): Promise<void> {
  const file = modelPath('saveWeights()', path);
  const weights = await model.useProgram((program) => program.getWeights());
  await writeWithFolder(file, weightTensors(model, weights), {});
}

async function writeWithFolder(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw toIoError(path, 'its folder could not be made', error);
  }
  await writeSafetensors(path, tensors, metadata);
}

function weightTensors(model: SavableModel, weights: readonly Float32Array[]): Map<string, Tensor> {
  return new Map(
    model.weights.map(({ name, shape }, i) => [
      name,
      new Tensor(weights[i] ?? new Float32Array(0), shape, 'float32'),
    ]),
  );
}

function stateTensors(state: OptimizerState | undefined): [string, Tensor][] {
  if (!state) return [];
  return state.names.map((name, i) => {
    const values = state.values[i] ?? new Float32Array(0);
    return [`${optimizerPrefix}${name}`, new Tensor(values, [values.length], 'float32')];
  });
}
