import type { Layer } from './layer.js';
import type { LayerNode, SymbolicTensor } from './symbolicTensor.js';

/** The layers between a model's inputs and outputs. */
export interface LayerGraph {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** Every use of a layer but the inputs, each after those it needs. */
  readonly nodes: readonly LayerNode[];
  /** In Keras's order: by depth, counted from the outputs; inputs included. */
  readonly layers: readonly Layer[];
  /** What each layer is called in this model: see nameLayers(). */
  readonly names: ReadonlyMap<Layer, string>;
  /** Uses of layers, those within models that are used as layers included. */
  readonly uses: number;
  /** Models within one another: 1 where no layer is a model. */
  readonly depth: number;
}

/** A model's layers, and whether the model as a whole may train. */
export interface Trainability {
  readonly graph: LayerGraph;
  /** false freezes every layer, whatever its own says. */
  readonly trainable: boolean;
}
