import type { Layer } from '../layers/layer.js';
import type { Trainability } from '../layers/layerGraph.js';

/** A layer that is no model, where it stands in a model. */
export interface Leaf {
  readonly layer: Layer;
  /** The names of the models that it is in, and its own: 'base/conv1'. */
  readonly path: string;
  /** Whether it, and every model that it is in, may train. */
  readonly trains: boolean;
}

/**
 * The layers of a model and of the models within it, each once, in Keras's order: those of a model
 * stand where it stands.
 */
export function leavesOf(model: Trainability): readonly Leaf[] {
  const leaves = new Map<Layer, Leaf>();
  const visit = ({ graph, trainable }: Trainability, prefix: string): void => {
    for (const layer of graph.layers) {
      const path = `${prefix}${graph.names.get(layer) ?? layer.name}`;
      const { nested } = layer;
      if (nested !== undefined) {
        visit({ graph: nested.graph, trainable: nested.trainable && trainable }, `${path}/`);
      } else if (!leaves.has(layer)) {
        leaves.set(layer, { layer, path, trains: layer.trainable && trainable });
      }
    }
  };
  visit(model, '');
  return [...leaves.values()];
}
