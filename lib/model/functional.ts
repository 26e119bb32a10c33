import { isArray, listOf } from '../errors/lists.js';
import { checkOptionNames } from '../errors/optionNames.js';
import type { Layer } from '../layers/layer.js';
import type { Applied, SymbolicTensor } from '../layers/symbolicTensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { buildGraph } from './graph.js';
import { LayersModel } from './layersModel.js';
import { modelOptionNames, type ModelOptions } from './modelStructure.js';
import type { Prediction } from './trainable.js';

export interface FunctionalOptions<Outputs extends Applied = Applied> extends ModelOptions {
  /** What input() returned, one or several. */
  readonly inputs: SymbolicTensor | readonly SymbolicTensor[];
  /** What layers return, one or several. */
  readonly outputs: Outputs;
}

/** A tensor for one output, a list of several; either where their number is not known. */
export type PredictionOf<Outputs extends Applied> = Outputs extends
  SymbolicTensor | readonly [SymbolicTensor]
  ? Tensor
  : Outputs extends readonly [SymbolicTensor, SymbolicTensor, ...SymbolicTensor[]]
    ? { -readonly [Position in keyof Outputs]: Tensor }
    : Prediction;

const optionNames: Readonly<Record<keyof FunctionalOptions, true>> = {
  ...modelOptionNames,
  inputs: true,
  outputs: true,
};

function symbolsOf(place: string, option: string, value: unknown): readonly SymbolicTensor[] {
  const list = isArray(value) ? value : [value];
  const expected = 'what input() and apply() return';
  return listOf(place, option, list, { longest: 10_000, expected }) as readonly SymbolicTensor[];
}

/** A model of any layers between inputs and outputs. */
export class Functional<Result extends Prediction = Prediction> extends LayersModel<Result> {
  static readonly className = 'Model';

  /** `names`: of layers whose names in this model are known before. */
  constructor(options: FunctionalOptions, names?: ReadonlyMap<Layer, string>) {
    checkOptionNames('model()', options, Object.keys(optionNames));
    super(Functional.className, 'model', options);
    const inputs = symbolsOf(this.place, 'inputs', options.inputs);
    const outputs = symbolsOf(this.place, 'outputs', options.outputs);
    this.graph = buildGraph(this.place, inputs, outputs, names);
  }
}

/**
 * A model of the layers between inputs and outputs. Where its layers belong to another model too, the
 * two have the same weights: training one changes both, and the last one that is disposed of frees
 * them. ERR_OPTION when the weights are on another backend, ERR_DISPOSED when they were freed.
 */
export function model<const Outputs extends Applied>(
  options: FunctionalOptions<Outputs>,
): LayersModel<PredictionOf<Outputs>> {
  return new Functional(options);
}
