import { checkOptionNames } from '../errors/optionNames.js';
import { toFormatError } from '../files/ioError.js';
import { parseJson } from '../formats/parseJson.js';
import { layerFromConfig } from '../layers/registry.js';
import { resolveBackend } from './backend.js';
import { backendOptionNames, type BackendOptions } from './backendOptions.js';
import { FunctionalBuilder } from './functionalBuilder.js';
import type { LayersModel } from './layersModel.js';
import { checkedTopology } from './savedTopology.js';
import { Sequential } from './sequential.js';
import type { ModelTopology, SequentialTopology } from './topology.js';

// Every class of layers that is known to files is registered by this.
import '../layers/index.js';

/** Where the model is to run. */
export type FromJSONOptions = BackendOptions;

function sequentialFrom({ config }: SequentialTopology, options: FromJSONOptions): LayersModel {
  const { name, seed, layers } = config;
  const list = layers.map((entry) => layerFromConfig(entry.className, entry.config));
  return new Sequential({ name, seed, layers: list, ...options });
}

/**
 * The model of a saved topology. ERR_FORMAT, naming `place`, for whatever the topology is to
 * blame for. `options` were checked by resolveBackend().
 */
export function modelFromTopology(
  place: string,
  value: unknown,
  options: FromJSONOptions,
): LayersModel {
  try {
    const topology = checkedTopology(place, value);
    return topology.className === 'Sequential'
      ? sequentialFrom(topology, options)
      : new FunctionalBuilder(place, topology.config).build(options);
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
 */
export function modelFromJSON(
  json: ModelTopology | string,
  options: FromJSONOptions = {},
): LayersModel {
  const place = 'modelFromJSON()';
  checkOptionNames(place, options, Object.keys(backendOptionNames));
  resolveBackend(place, options);
  return modelFromTopology(place, parsed(place, json), options);
}
