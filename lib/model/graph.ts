import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import { SymbolicTensor, type LayerNode } from '../layers/symbolicTensor.js';
import { nameLayers } from './layerNames.js';

/** The layers between a model's inputs and outputs. */
export interface ModelGraph {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** Every use of a layer but the inputs, each after those it needs. */
  readonly nodes: readonly LayerNode[];
  /** In Keras's order: by depth, counted from the outputs; inputs included. */
  readonly layers: readonly Layer[];
}

/** Uses of layers in a model: planning more would take minutes. */
export const mostUses = 10_000;

interface Walk {
  /** Inputs included; each after those it needs. */
  readonly nodes: readonly LayerNode[];
  /** Layers in the order in which the walk from the outputs meets them. */
  readonly met: readonly Layer[];
}

function walk(outputs: readonly SymbolicTensor[]): Walk {
  const nodes = new Set<LayerNode>();
  const met = new Set<Layer>();
  // An explicit stack: a model may be deeper than JavaScript's.
  const stack = outputs.map(({ node }) => ({ node, done: false })).reverse();
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, done } = top;
    if (nodes.has(node)) continue;
    if (done) {
      nodes.add(node);
      continue;
    }
    met.add(node.layer);
    stack.push({ node, done: true });
    for (const input of [...node.inputs].reverse()) stack.push({ node: input.node, done: false });
  }
  return { nodes: [...nodes], met: [...met] };
}

function byDepth({ nodes, met }: Walk): readonly Layer[] {
  const depths = new Map<LayerNode, number>();
  const layerDepths = new Map<Layer, number>(met.map((layer) => [layer, 0]));
  for (const node of [...nodes].reverse()) {
    const depth = Math.max(depths.get(node) ?? 0, layerDepths.get(node.layer) ?? 0);
    layerDepths.set(node.layer, depth);
    for (const { node: before } of node.inputs) {
      depths.set(before, Math.max(depths.get(before) ?? 0, depth + 1));
    }
  }
  const depthOf = (layer: Layer): number => layerDepths.get(layer) ?? 0;
  return [...met].sort((a, b) => depthOf(b) - depthOf(a));
}

function requireSymbols(place: string, option: string, symbols: readonly unknown[]): void {
  if (symbols.length > 0 && symbols.every((item) => isInstance(item, SymbolicTensor))) return;
  throw new OptionError(
    `${option} must be what input() and apply() return, one or an array of at least one`,
    { place },
  );
}

function requireConnected(place: string, graph: Omit<ModelGraph, 'layers'>, found: Walk): void {
  const given = new Set(graph.inputs);
  const nodes = new Set(found.nodes);
  for (const { node } of graph.inputs) {
    if (!(node.layer instanceof InputLayer)) {
      throw new OptionError(`${node.layer.place} is given as an input; inputs come from input()`, {
        place,
      });
    }
    if (!nodes.has(node)) {
      throw new OptionError(
        `input '${node.layer.name}' is not connected to any output; leave it out or use it`,
        { place },
      );
    }
  }
  const missing = found.nodes.find(
    ({ layer, output }) => layer instanceof InputLayer && !given.has(output),
  );
  if (missing !== undefined) {
    throw new OptionError(`the outputs also need input '${missing.layer.name}'; add it to inputs`, {
      place,
    });
  }
  if (given.size < graph.inputs.length) {
    throw new OptionError('an input is given twice', { place });
  }
}

/**
 * Finds the layers between inputs and outputs and names those without a name. ERR_OPTION when an
 * input is missing, not used or given twice, when two layers have one name, or for too many layers.
 */
export function buildGraph(
  place: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): ModelGraph {
  requireSymbols(place, 'inputs', inputs);
  requireSymbols(place, 'outputs', outputs);
  const found = walk(outputs);
  const nodes = found.nodes.filter(({ layer }) => !(layer instanceof InputLayer));
  if (nodes.length > mostUses) {
    throw new OptionError(`${nodes.length} uses of layers are more than ${mostUses}`, { place });
  }
  requireConnected(place, { inputs, outputs, nodes }, found);
  const layers = byDepth(found);
  nameLayers(place, layers);
  return { inputs, outputs, nodes, layers };
}
