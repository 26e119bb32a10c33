import { FormatError } from '../errors/errors.js';
import type { TrainingConfig } from '../model/compile.js';
import type { ModelTopology } from '../model/topology.js';

/** What a model file says of itself, as JSON in the metadata of its safetensors file. */
export interface ModelRecord {
  readonly topology: ModelTopology;
  /** Absent for a model that was not compiled. */
  readonly training?: TrainingConfig;
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
  try {
    const record: unknown = JSON.parse(text);
    if (isModelRecord(record)) return record;
  } catch (error) {
    throw new FormatError('the description of the model is no JSON', { place: path, cause: error });
  }
  throw new FormatError('the description of the model is damaged', { place: path });
}

function isModelRecord(value: unknown): value is ModelRecord {
  if (typeof value !== 'object' || value === null || !('topology' in value)) return false;
  const { optimizer } = value as { optimizer?: Partial<OptimizerRecord> | null };
  if (optimizer === undefined) return true;
  return (
    optimizer !== null &&
    Number.isSafeInteger(optimizer.step) &&
    Array.isArray(optimizer.names) &&
    optimizer.names.every((name) => typeof name === 'string')
  );
}
