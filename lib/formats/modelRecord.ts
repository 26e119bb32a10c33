import { FormatError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { toFormatError } from '../files/ioError.js';
import type { TrainingConfig } from '../model/compile.js';
import type { ModelTopology } from '../model/topology.js';
import { isRecord, parseJson } from './parseJson.js';

/** What a model file says of itself, as JSON in the metadata of its safetensors file. */
export interface ModelRecord {
  readonly topology: ModelTopology;
  /** Absent for a model that was not compiled. */
  readonly training?: TrainingConfig;
  /** The layers that trained, by path; absent where those do that the topology lets train. */
  readonly trained?: readonly string[];
  /** Absent when the optimizer's state was left out. */
  readonly optimizer?: OptimizerRecord;
}

export interface OptimizerRecord {
  /** Updates done. */
  readonly step: number;
  /** Of the state's tensors; in the file each has `optimizerPrefix` before it. */
  readonly names: readonly string[];
}

/** Keeps the tensors of the optimizer's state apart from the weights. */
export const optimizerPrefix = 'optimizer/';

const recordKey = 'node-cudnn.model';

/** Metadata with a record. */
export function recordToMetadata(record: ModelRecord): Record<string, string> {
  return { [recordKey]: JSON.stringify(record) };
}

/** The record of a model file; undefined for a file of weights alone. ERR_FORMAT when damaged. */
export function recordFromMetadata(
  path: string,
  metadata: Readonly<Record<string, string>>,
): ModelRecord | undefined {
  const text = metadata[recordKey];
  if (text === undefined) return undefined;
  let record: unknown;
  try {
    record = parseJson(text);
  } catch (error) {
    throw toFormatError(path, 'the description of the model is damaged', error);
  }
  const fault = recordFault(record);
  if (fault === undefined) return record as ModelRecord;
  throw new FormatError(`the description of the model is damaged: ${fault}`, { place: path });
}

/** What is wrong with a record; its topology and the options in it are looked at when used. */
function recordFault(value: unknown): string | undefined {
  if (!isRecord(value) || !isRecord(value.topology)) return 'it has no topology';
  const { training, trained, optimizer } = value;
  if (trained !== undefined && !areTexts(trained)) return 'trained is no list of names';
  if (training !== undefined) {
    if (!isRecord(training)) return 'training is no record';
    const unfit = ['optimizer', 'loss', 'lossWeights', 'metrics', 'weightedMetrics'].find(
      (name) => !isRecord(training[name]),
    );
    if (unfit !== undefined) return `training.${unfit} is ${shown(training[unfit])}, no record`;
    const { config } = training.optimizer as { config?: unknown };
    if (!isRecord(config)) return `training.optimizer.config is ${shown(config)}, no record`;
  }
  if (optimizer === undefined) return undefined;
  if (!isRecord(optimizer)) return 'optimizer is no record';
  const { step, names } = optimizer;
  if (!Number.isSafeInteger(step) || Number(step) < 0) return 'optimizer.step is no count';
  return areTexts(names) ? undefined : 'optimizer.names is no list of names';
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
