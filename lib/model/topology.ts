import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import type { LayerConfig } from '../layers/layerOptions.js';
import type { LayerNode, SymbolicTensor } from '../layers/symbolicTensor.js';
import type { LayerGraph } from '../layers/layerGraph.js';
import type { SavedLayers } from './savedLayers.js';

/** [layer, which of its uses in the model], and which of its outputs where it gives several. */
export type TensorReference =
  readonly [layer: string, use: number] | readonly [layer: string, use: number, output: number];

export interface SequentialLayerConfig {
  readonly className: string;
  /** Its name here alone where `shared` tells of a layer that stands before. */
  readonly config: LayerConfig;
  /** A number for a layer that stands in several places: the first has its config. */
  readonly shared?: number;
}

export interface FunctionalLayerConfig extends SequentialLayerConfig {
  readonly name: string;
  /** For each use, where its inputs come from. */
  readonly inboundNodes: readonly (readonly TensorReference[])[];
}

/** What the topology of every model says of it. */
export interface TopologyOptions {
  readonly name: string;
  readonly seed: number;
  /** Of the model itself: its layers have their own. Absent where it is true. */
  readonly trainable?: boolean;
}

/** The options of a model that a topology tells of. */
export function savedOptions({ name, seed, trainable }: TopologyOptions): TopologyOptions {
  return { name, seed, ...(trainable === undefined ? {} : { trainable }) };
}

/** A sequential model as saved. */
export interface SequentialTopology {
  readonly className: 'Sequential';
  readonly config: TopologyOptions & {
    readonly layers: readonly SequentialLayerConfig[];
  };
}

/** A functional model as saved. */
export interface FunctionalTopology {
  readonly className: 'Model';
  readonly config: TopologyOptions & {
    readonly layers: readonly FunctionalLayerConfig[];
    readonly inputLayers: readonly TensorReference[];
    readonly outputLayers: readonly TensorReference[];
  };
}

/** Models among the layers are topologies within it. */
export type ModelTopology = SequentialTopology | FunctionalTopology;

/** The layers of a functional model and how they are connected. */
export function functionalTopology(
  options: TopologyOptions,
  graph: LayerGraph,
  saved: SavedLayers,
): FunctionalTopology {
  // Uses are counted within this model: a layer may have others elsewhere.
  const uses = new Map<Layer, LayerNode[]>(graph.layers.map((layer) => [layer, []]));
  for (const node of graph.nodes) uses.get(node.layer)?.push(node);
  const nameOf = (layer: Layer): string => graph.names.get(layer) ?? layer.name;
  const reference = ({ node, position }: SymbolicTensor): TensorReference => {
    const isInput = node.layer instanceof InputLayer;
    const use = isInput ? 0 : (uses.get(node.layer)?.indexOf(node) ?? 0);
    const name = nameOf(node.layer);
    return node.outputs.length === 1 ? [name, use] : [name, use, position];
  };
  const layers = graph.layers.map((layer) => ({
    ...saved.entry(layer, nameOf(layer)),
    name: nameOf(layer),
    inboundNodes: (uses.get(layer) ?? []).map(({ inputs }) =>
      inputs.map((input) => reference(input)),
    ),
  }));
  return {
    className: 'Model',
    config: {
      ...options,
      layers,
      inputLayers: graph.inputs.map(reference),
      outputLayers: graph.outputs.map(reference),
    },
  };
}
