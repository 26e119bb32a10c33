import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import type { LayerGraph } from '../layers/layerGraph.js';
import { SymbolicTensor, type LayerNode } from '../layers/symbolicTensor.js';
import { nameLayers } from './layerNames.js';

/** Uses of layers in a model: planning more would take minutes. */
export const mostUses = 10_000;
/** Models within one another. */
export const deepestNesting = 100;

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

function requireConnected(place: string, graph: Pick<LayerGraph, 'inputs'>, found: Walk): void {
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
    ({ layer, outputs: [output] }) =>
      layer instanceof InputLayer && output !== undefined && !given.has(output),
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

/** Uses of layers and depth of models, those of the models among the layers included. */
function extent(nodes: readonly LayerNode[]): Pick<LayerGraph, 'uses' | 'depth'> {
  let uses = 0;
  let depth = 1;
  for (const { layer } of nodes) {
    const inner = layer.nested?.graph;
    uses += inner?.uses ?? 1;
    depth = Math.max(depth, 1 + (inner?.depth ?? 0));
  }
  return { uses, depth };
}

/**
 * Finds the layers between inputs and outputs and names those without a name; `names` are known
 * before. ERR_OPTION when an input is missing, not used or given twice, when two layers have one
 * name, for too many layers, or too many models within one another.
 */
export function buildGraph(
  place: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  names?: ReadonlyMap<Layer, string>,
): LayerGraph {
  requireSymbols(place, 'inputs', inputs);
  requireSymbols(place, 'outputs', outputs);
  const found = walk(outputs);
  const nodes = found.nodes.filter(({ layer }) => !(layer instanceof InputLayer));
  const { uses, depth } = extent(nodes);
  if (uses > mostUses) {
    throw new OptionError(`${uses} uses of layers are more than ${mostUses}`, { place });
  }
  if (depth > deepestNesting) {
    throw new OptionError(`models are nested ${depth} deep, more than ${deepestNesting}`, {
      place,
    });
  }
  requireConnected(place, { inputs }, found);
  const layers = byDepth(found);
  return { inputs, outputs, nodes, layers, names: nameLayers(place, layers, names), uses, depth };
}
