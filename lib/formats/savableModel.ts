import type { TrainingConfig } from '../model/compile.js';
import type { ModelTopology } from '../model/topology.js';
import type { TrainableModel } from '../model/trainable.js';

/** What the files of models need of a model. LayersModel has it. */
export interface SavableModel extends TrainableModel {
  /** In the order of the native program's weights. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** The arguments of compile(); undefined before it. */
  readonly trainingConfig: TrainingConfig | undefined;
  /** The layers that trained by compile(), where `trainable` was changed since. */
  readonly trainedLayers: readonly string[] | undefined;
  toJSON(): ModelTopology;
}
