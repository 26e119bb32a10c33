import type { Layer } from '../layers/layer.js';
import type { LayerLowering, LoweredOp } from '../layers/lowering.js';
import type { LayerNode, SymbolicTensor } from '../layers/symbolicTensor.js';
import { firstWeightId } from '../layers/weightIds.js';
import type { ModelSpec, OpSpec, WeightSpec } from '../native/program.js';
import type { ResolvedBackend } from './backend.js';
import type { ModelGraph } from './graph.js';
import type { Trainability } from './trainability.js';

// Streams below this number the dropouts of a model; those above belong to seeds of their own.
const seededStreams = 2 ** 30;

function weightSpecs(layer: Layer, modelTrains: boolean): WeightSpec[] {
  const id = firstWeightId(layer);
  return layer.weights.map(({ name, shape, initializer, regularizer, trainable }, i) => ({
    name: `${layer.name}/${name}`,
    shape,
    initializer: initializer.toSpec(shape),
    trainable: trainable && layer.trainable && modelTrains,
    l1: regularizer?.l1 ?? 0,
    l2: regularizer?.l2 ?? 0,
    id: id + i,
  }));
}

/** Collects the weights and ops of a model, layer by layer. */
class ModelLowering {
  readonly weights: WeightSpec[] = [];
  readonly ops: OpSpec[] = [];
  private readonly firstWeight = new Map<Layer, number>();
  private readonly values = new Map<SymbolicTensor, number>();
  private readonly uses = new Map<Layer, number>();
  private streams = 0;

  private readonly graph: ModelGraph;

  constructor({ graph, trainable }: Trainability) {
    this.graph = graph;
    for (const layer of graph.layers) {
      this.firstWeight.set(layer, this.weights.length);
      this.weights.push(...weightSpecs(layer, trainable));
    }
    graph.inputs.forEach((input, id) => this.values.set(input, id));
    for (const node of graph.nodes) this.values.set(node.output, this.lowerNode(node));
  }

  /** The id of an output's value, an op's in any case. */
  output(tensor: SymbolicTensor): number {
    const id = this.values.get(tensor) ?? -1;
    if (id >= this.graph.inputs.length) return id;
    const name = `${tensor.name}/output`;
    return this.append(name, {
      type: 'activation',
      inputs: [id],
      attributes: { function: 'linear', alpha: 0 },
    });
  }

  private append(name: string, { type, inputs, weights = [], attributes = {} }: LoweredOp): number {
    this.ops.push({ type, name, inputs, weights, attributes });
    return this.graph.inputs.length + this.ops.length - 1;
  }

  private weightIndex(layer: Layer, name: string): number {
    const position = layer.weights.findIndex((weight) => weight.name === name);
    return position < 0 ? -1 : (this.firstWeight.get(layer) ?? 0) + position;
  }

  private lowerNode({ layer, inputs, output }: LayerNode): number {
    const use = this.uses.get(layer) ?? 0;
    this.uses.set(layer, use + 1);
    // A layer's second use is told apart in explain(): 'dense@1'.
    const base = use === 0 ? layer.name : `${layer.name}@${use}`;
    const lowering: LayerLowering = {
      inputs: inputs.map((input) => this.values.get(input) ?? -1),
      inputShapes: inputs.map(({ sampleShape }) => sampleShape),
      outputShape: output.sampleShape,
      weight: (name) => this.weightIndex(layer, name),
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
  const lowering = new ModelLowering(model);
  const outputs = graph.outputs.map((output) => lowering.output(output));
  return {
    backend: backend.native,
    backendOptions: backend.options,
    seed,
    inputs: graph.inputs.map(({ name, sampleShape }) => ({ name, shape: sampleShape })),
    weights: lowering.weights,
    ops: lowering.ops,
    outputs,
  };
}
