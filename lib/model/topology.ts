import { InputLayer } from '../layers/inputLayer.js';
import type { Layer, LayerConfig } from '../layers/layer.js';
import type { SymbolicTensor } from '../layers/symbolicTensor.js';
import type { Trainability } from './trainability.js';

/** [layer, which of its uses in the model]. */
export type TensorReference = readonly [layer: string, use: number];

export interface SequentialLayerConfig {
  readonly className: string;
  readonly config: LayerConfig;
}

export interface FunctionalLayerConfig extends SequentialLayerConfig {
  readonly name: string;
  /** For each use, where its inputs come from. */
  readonly inboundNodes: readonly (readonly TensorReference[])[];
}

/** A sequential model as saved. */
export interface SequentialTopology {
  readonly className: 'Sequential';
  readonly config: {
    readonly name: string;
    readonly seed: number;
    readonly layers: readonly SequentialLayerConfig[];
  };
}

/** A functional model as saved. */
export interface FunctionalTopology {
  readonly className: 'Model';
  readonly config: {
    readonly name: string;
    readonly seed: number;
    readonly layers: readonly FunctionalLayerConfig[];
    readonly inputLayers: readonly TensorReference[];
    readonly outputLayers: readonly TensorReference[];
  };
}

export type ModelTopology = SequentialTopology | FunctionalTopology;

/** A layer as saved; one of a model that is frozen as a whole is saved as frozen. */
export function layerConfig(layer: Layer, modelTrains: boolean): SequentialLayerConfig {
  const config = layer.getConfig();
  const frozen = !modelTrains && 'trainable' in config;
  return { className: layer.className, config: frozen ? { ...config, trainable: false } : config };
}

/** The layers of a functional model and how they are connected. */
export function functionalTopology(
  name: string,
  seed: number,
  { graph, trainable }: Trainability,
): FunctionalTopology {
  // Uses are counted within this model: a layer may have others elsewhere.
  const nodes = new Set(graph.nodes);
  const usesOf = (layer: Layer) =>
    layer.nodes.filter((node) => layer instanceof InputLayer || nodes.has(node));
  const reference = ({ node }: SymbolicTensor): TensorReference => [
    node.layer.name,
    usesOf(node.layer).indexOf(node),
  ];
  const layers = graph.layers.map((layer) => ({
    ...layerConfig(layer, trainable),
    name: layer.name,
    inboundNodes:
      layer instanceof InputLayer
        ? []
        : usesOf(layer).map(({ inputs }) => inputs.map((input) => reference(input))),
  }));
  return {
    className: 'Model',
    config: {
      name,
      seed,
      layers,
      inputLayers: graph.inputs.map(reference),
      outputLayers: graph.outputs.map(reference),
    },
  };
}
