import type { Layer } from './layer.js';
import { withBatch, type BatchShape, type SampleShape } from './shape.js';

/** One use of a layer: what went in and what comes out. */
export interface LayerNode {
  readonly layer: Layer;
  /** Position among the uses of this layer, from 0. */
  readonly index: number;
  readonly inputs: readonly SymbolicTensor[];
  readonly output: SymbolicTensor;
}

/** The output of a layer in a model being built: a shape and where it comes from, no values. */
export class SymbolicTensor {
  readonly node: LayerNode;

  /** Made by Layer.apply(). */
  constructor(
    layer: Layer,
    index: number,
    inputs: readonly SymbolicTensor[],
    /** Without the batch axis. */
    readonly sampleShape: SampleShape,
  ) {
    this.node = { layer, index, inputs, output: this };
  }

  /** With the batch axis, null, first. */
  get shape(): BatchShape {
    return withBatch(this.sampleShape);
  }

  get rank(): number {
    return this.sampleShape.length + 1;
  }

  /** The name of the layer whose output this is. */
  get name(): string {
    return this.node.layer.name;
  }
}
