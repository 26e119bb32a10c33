import type { Layer } from './layer.js';
import { withBatch, type BatchShape, type SampleShape } from './shape.js';

/** One use of a layer: what went in and what comes out. */
export interface LayerNode {
  readonly layer: Layer;
  /** Position among the uses of this layer, from 0. */
  readonly index: number;
  readonly inputs: readonly SymbolicTensor[];
  /** One, unless the layer is a model with several outputs. */
  readonly outputs: readonly SymbolicTensor[];
}

/** The output of a layer in a model being built: a shape and where it comes from, no values. */
export class SymbolicTensor {
  /** Made by Layer.apply(). */
  constructor(
    readonly node: LayerNode,
    /** Among the outputs of its node. */
    readonly position: number,
    /** Without the batch axis. */
    readonly sampleShape: SampleShape,
  ) {}

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

/** What apply() returns: a tensor, or a list of them for a model with several outputs. */
export type Applied = SymbolicTensor | readonly SymbolicTensor[];

/** A further use of a layer, with outputs of these shapes. */
export function addNode(
  layer: Layer,
  inputs: readonly SymbolicTensor[],
  shapes: readonly SampleShape[],
): LayerNode {
  const outputs: SymbolicTensor[] = [];
  const nodes = layer.nodes as LayerNode[];
  const node: LayerNode = { layer, index: nodes.length, inputs, outputs };
  shapes.forEach((shape, position) => outputs.push(new SymbolicTensor(node, position, shape)));
  nodes.push(node);
  return node;
}
