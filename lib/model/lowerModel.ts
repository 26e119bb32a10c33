import type { Layer } from '../layers/layer.js';
import type { LayerGraph, Trainability } from '../layers/layerGraph.js';
import type { LayerLowering, LoweredOp } from '../layers/lowering.js';
import type { LayerNode, SymbolicTensor } from '../layers/symbolicTensor.js';
import { firstWeightId } from '../layers/weightIds.js';
import type { ModelSpec, OpSpec, WeightSpec } from '../native/program.js';
import type { ResolvedBackend } from './backend.js';
import { leavesOf, type Leaf } from './leaves.js';

// Streams below this number the dropouts of a model; those above belong to seeds of their own.
const seededStreams = 2 ** 30;

function weightSpecs({ layer, path, trains }: Leaf): WeightSpec[] {
  const id = firstWeightId(layer);
  return layer.weights.map(({ name, shape, initializer, regularizer, trainable }, i) => ({
    name: `${path}/${name}`,
    shape,
    initializer: initializer.toSpec(shape),
    trainable: trainable && trains,
    l1: regularizer?.l1 ?? 0,
    l2: regularizer?.l2 ?? 0,
    id: id + i,
  }));
}

/** Collects the weights and ops of a model and of the models within it. */
class ModelLowering {
  readonly weights: WeightSpec[] = [];
  readonly ops: OpSpec[] = [];
  private readonly firstWeight = new Map<Layer, number>();
  private readonly uses = new Map<Layer, number>();
  private streams = 0;

  constructor(
    leaves: readonly Leaf[],
    private readonly inputCount: number,
  ) {
    for (const leaf of leaves) {
      this.firstWeight.set(leaf.layer, this.weights.length);
      this.weights.push(...weightSpecs(leaf));
    }
  }

  /** Lowers one use of a model, whose inputs have these ids; `path` stands before its layers. */
  graph(graph: LayerGraph, inputs: readonly number[], path: string): number[] {
    const values = new Map<SymbolicTensor, number>();
    const keep = (tensors: readonly SymbolicTensor[], ids: readonly number[]): void => {
      tensors.forEach((tensor, i) => values.set(tensor, ids[i] ?? -1));
    };
    const idsOf = (tensors: readonly SymbolicTensor[]): number[] =>
      tensors.map((tensor) => values.get(tensor) ?? -1);
    keep(graph.inputs, inputs);
    for (const node of graph.nodes) {
      const name = `${path}${graph.names.get(node.layer) ?? node.layer.name}`;
      const ids = idsOf(node.inputs);
      const inner = node.layer.nested?.graph;
      const outputs = inner ? this.graph(inner, ids, `${name}/`) : [this.node(node, ids, name)];
      keep(node.outputs, outputs);
    }
    return idsOf(graph.outputs);
  }

  /** The id of an output's value, an op's in any case. */
  output(id: number, layerName: string): number {
    if (id >= this.inputCount) return id;
    return this.append(`${layerName}/output`, {
      type: 'activation',
      inputs: [id],
      attributes: { function: 'linear', alpha: 0 },
    });
  }

  private append(name: string, { type, inputs, weights = [], attributes = {} }: LoweredOp): number {
    this.ops.push({ type, name, inputs, weights, attributes });
    return this.inputCount + this.ops.length - 1;
  }

  private weightIndex(layer: Layer, name: string): number {
    const position = layer.weights.findIndex((weight) => weight.name === name);
    return position < 0 ? -1 : (this.firstWeight.get(layer) ?? 0) + position;
  }

  private node(
    { layer, inputs, outputs }: LayerNode,
    ids: readonly number[],
    name: string,
  ): number {
    const use = this.uses.get(layer) ?? 0;
    this.uses.set(layer, use + 1);
    // A layer's second use is told apart in explain(): 'dense@1'.
    const base = use === 0 ? name : `${name}@${use}`;
    const lowering: LayerLowering = {
      inputs: ids,
      inputShapes: inputs.map(({ sampleShape }) => sampleShape),
      outputShape: outputs[0]?.sampleShape ?? [],
      weight: (weight) => this.weightIndex(layer, weight),
      op: (op) => this.append(op.part === undefined ? base : `${base}/${op.part}`, op),
      stream: (seed) => this.stream(seed, use),
    };
    return layer.lower(lowering);
  }

  private stream(seed: number | undefined, use: number): number {
    if (seed === undefined) return this.streams++;
    // Uses of one seeded layer draw different numbers.
    return seededStreams + ((seed + use * 7919) % seededStreams);
  }
}

/** Writes a model as native code takes it: weights in the order of the layers, ops in order. */
export function lowerModel(model: Trainability, backend: ResolvedBackend, seed: number): ModelSpec {
  const { graph } = model;
  const lowering = new ModelLowering(leavesOf(model), graph.inputs.length);
  const inputs = graph.inputs.map((_, id) => id);
  const ids = lowering.graph(graph, inputs, '');
  const nameOf = ({ node }: SymbolicTensor): string =>
    graph.names.get(node.layer) ?? node.layer.name;
  const outputs = graph.outputs.map((output, i) => lowering.output(ids[i] ?? -1, nameOf(output)));
  return {
    backend: backend.native,
    backendOptions: backend.options,
    seed,
    inputs: graph.inputs.map((input) => ({ name: nameOf(input), shape: input.sampleShape })),
    weights: lowering.weights,
    ops: lowering.ops,
    outputs,
  };
}
