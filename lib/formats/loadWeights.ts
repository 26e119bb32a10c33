import { FormatError } from '../errors/errors.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { trueOrFalse } from '../errors/optionValues.js';
import type { Tensor } from '../tensor/tensor.js';
import { savedModelPath } from './modelPath.js';
import { optimizerPrefix, recordFromMetadata } from './modelRecord.js';
import type { SavableModel } from './savableModel.js';
import { readSafetensors, type Safetensors } from './safetensors.js';

export interface LoadWeightsOptions {
  /**
   * Take the weights whose name and shape fit, and leave the others of the model and of the file
   * as they are. Default false: everything must fit.
   */
  skipMismatch?: boolean;
}

/**
 * Reads the weights of a file (of a model, or of weights alone) into a model, by name. Rejects
 * with ERR_FORMAT, listing each weight that is missing, left over or of another shape, with the
 * model unchanged.
 */
export async function loadWeights(
  model: SavableModel,
  path: string,
  options: LoadWeightsOptions = {},
): Promise<void> {
  const place = 'loadWeights()';
  checkOptionNames(place, options, ['skipMismatch']);
  const skip = trueOrFalse(place, 'skipMismatch', options.skipMismatch ?? false);
  const file = savedModelPath(place, path);
  const values = matchWeights(file, model.weights, await readSafetensors(file), skip);
  await model.useProgram((program) => program.setWeights(values));
}

type Weights = SavableModel['weights'];

/** The values of each weight, null where a mismatch is skipped. */
export function matchWeights(
  path: string,
  weights: Weights,
  file: Safetensors,
  skipMismatch: boolean,
): (Float32Array | null)[] {
  const stored = weightTensors(path, weights, file);
  const faults = mismatches(weights, stored);
  if (faults.length > 0 && !skipMismatch) {
    const shown = faults.slice(0, 20).map((fault) => `\n  ${fault}`);
    const more = faults.length > shown.length ? `\n  and ${faults.length - shown.length} more` : '';
    throw new FormatError(
      `the weights do not fit the model:${shown.join('')}${more}\n` +
        'Use the model that saved them, or skipMismatch: true for those that fit.',
      { place: path, details: { mismatches: faults } },
    );
  }
  return weights.map((weight) => {
    const tensor = stored.get(weight.name);
    return tensor && fits(weight, tensor) ? floats(tensor) : null;
  });
}

/** All tensors of a file but those of the optimizer. */
function weightTensors(path: string, weights: Weights, file: Safetensors): Map<string, Tensor> {
  const record = recordFromMetadata(path, file.metadata);
  const names = new Set(weights.map(({ name }) => name));
  const state = new Set(record?.optimizer?.names.map((name) => `${optimizerPrefix}${name}`));
  return new Map([...file.tensors].filter(([name]) => names.has(name) || !state.has(name)));
}

function mismatches(weights: Weights, stored: ReadonlyMap<string, Tensor>): string[] {
  const faults: string[] = [];
  for (const weight of weights) {
    const shape = `[${weight.shape.join(',')}]`;
    const tensor = stored.get(weight.name);
    if (!tensor) faults.push(`'${weight.name}' ${shape} is missing from the file`);
    else if (!fits(weight, tensor)) {
      faults.push(`'${weight.name}' is ${shape} in the model, ${shown(tensor.shape)} in the file`);
    }
  }
  const known = new Set(weights.map(({ name }) => name));
  for (const [name, { shape }] of stored) {
    if (!known.has(name)) faults.push(`${shown(name)} ${shown(shape)} is not in the model`);
  }
  return faults;
}

function fits({ shape }: Weights[number], tensor: Tensor): boolean {
  return shape.length === tensor.shape.length && shape.every((n, i) => n === tensor.shape[i]);
}

function floats({ values, dtype }: Tensor): Float32Array {
  return dtype === 'float32' ? (values as Float32Array) : Float32Array.from(values);
}
