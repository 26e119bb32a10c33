import { checkOptionNames } from '../errors/optionNames.js';
import { toFormatError } from '../files/ioError.js';
import { parseJson } from '../formats/parseJson.js';
import { resolveBackend } from './backend.js';
import { backendOptionNames, type BackendOptions } from './backendOptions.js';
import { LayerReader } from './layerReader.js';
import type { LayersModel } from './layersModel.js';
import type { ModelTopology } from './topology.js';
import type { Prediction } from './trainable.js';

/** Where the model is to run. */
export type FromJSONOptions = BackendOptions;

/**
 * The model of a saved topology. ERR_FORMAT, naming `place`, for whatever the topology is to
 * blame for. `options` were checked by resolveBackend().
 */
export function modelFromTopology<Result extends Prediction>(
  place: string,
  value: unknown,
  options: FromJSONOptions,
): LayersModel<Result> {
  try {
    // What it predicts is for the caller to know.
    return new LayerReader(place, options).model(value) as LayersModel<Result>;
  } catch (error) {
    throw toFormatError(place, 'the model in it cannot be made', error);
  }
}

function parsed(place: string, json: ModelTopology | string): unknown {
  if (typeof json !== 'string') return json;
  try {
    return parseJson(json);
  } catch (error) {
    throw toFormatError(place, 'the text cannot be taken', error);
  }
}

/**
 * The model that toJSON() described, with weights from its initializers. Takes the object or its
 * text. ERR_FORMAT when it is damaged, names an unknown class, or has a cycle.
 * `Result`, which is not checked, is what it predicts: modelFromJSON<Tensor>(json) of one output.
 */
export function modelFromJSON<Result extends Prediction = Prediction>(
  json: ModelTopology | string,
  options: FromJSONOptions = {},
): LayersModel<Result> {
  const place = 'modelFromJSON()';
  checkOptionNames(place, options, Object.keys(backendOptionNames));
  resolveBackend(place, options);
  return modelFromTopology(place, parsed(place, json), options);
}
