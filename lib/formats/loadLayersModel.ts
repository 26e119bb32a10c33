import { FormatError } from '../errors/errors.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { resolveBackend } from '../model/backend.js';
import { backendOptionNames, type BackendOptions } from '../model/backendOptions.js';
import { compileArgsFromConfig } from '../model/compile.js';
import type { LayersModel } from '../model/layersModel.js';
import { modelFromTopology } from '../model/modelFromJSON.js';
import type { Prediction } from '../model/trainable.js';
import { toFormatError } from '../files/ioError.js';
import { asTrained } from '../model/trainability.js';
import type { NativeProgram } from '../native/program.js';
import { matchWeights } from './loadWeights.js';
import { savedModelPath } from './modelPath.js';
import {
  optimizerPrefix,
  recordFromMetadata,
  type ModelRecord,
  type OptimizerRecord,
} from './modelRecord.js';
import { readSafetensors, type Safetensors } from './safetensors.js';

/** Where the model is to run. */
export type LoadModelOptions = BackendOptions;

/**
 * The model that save() wrote: its layers and weights, compiled as it was, with the optimizer's
 * state, so that training goes on as if it had not been interrupted. Rejects with ERR_FORMAT for
 * a damaged file and for one without a model, ERR_IO when it cannot be read.
 * `Result`, which is not checked, is what it predicts: loadLayersModel<Tensor>(path) of one output.
 */
export async function loadLayersModel<Result extends Prediction = Prediction>(
  path: string,
  options: LoadModelOptions = {},
): Promise<LayersModel<Result>> {
  const place = 'loadLayersModel()';
  checkOptionNames(place, options, Object.keys(backendOptionNames));
  resolveBackend(place, options);
  const file = savedModelPath(place, path);
  const content = await readSafetensors(file);
  const record = recordFromMetadata(file, content.metadata);
  if (!record) {
    throw new FormatError(
      'holds no model, only tensors; make the model and use its loadWeights()',
      { place: file },
    );
  }
  const model = modelFromTopology<Result>(file, record.topology, options);
  try {
    await restore(file, model, record, content);
    return model;
  } catch (error) {
    await model.dispose();
    throw toFormatError(file, 'the model in it cannot be made', error);
  }
}

async function restore(
  file: string,
  model: LayersModel,
  record: ModelRecord,
  content: Safetensors,
): Promise<void> {
  const values = matchWeights(file, model.weights, content, false);
  if (record.training) {
    const args = compileArgsFromConfig(record.training);
    const compile = (): void => {
      model.compile(args);
    };
    if (record.trained === undefined) compile();
    else asTrained(model, record.trained, compile);
  }
  const program = await model.program();
  await program.setWeights(values);
  if (record.training && record.optimizer) {
    await restoreOptimizer(file, program, record.optimizer, content);
  }
}

async function restoreOptimizer(
  path: string,
  program: NativeProgram,
  { names, step }: OptimizerRecord,
  content: Safetensors,
): Promise<void> {
  const values = names.map((name) => {
    const tensor = content.tensors.get(`${optimizerPrefix}${name}`);
    if (tensor?.dtype === 'float32') return tensor.values as Float32Array;
    throw new FormatError(`the optimizer's '${name}' is missing`, { place: path });
  });
  await program.setOptimizerState({ names: [...names], values, step });
}
