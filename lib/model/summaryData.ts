import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import { elements, withBatch, type BatchShape } from '../layers/shape.js';
import type { Trainability } from '../layers/layerGraph.js';
import type { LayerNode } from '../layers/symbolicTensor.js';
import type { Sharing } from './sharing.js';
import type { WeightInfo } from './modelStructure.js';

/** A row of summary(). */
export interface SummaryRow {
  readonly name: string;
  /** The class: 'Conv2D'. */
  readonly type: string;
  /** Batch axis, null, first. */
  readonly outputShape: BatchShape;
  readonly params: number;
  readonly trainableParams: number;
  /** How `params` comes about: '11*11*3*96 + 96'; '0' without weights. */
  readonly explanation: string;
  /** Names of the layers whose outputs come in. */
  readonly connectedTo: readonly string[];
}

/** What summary() prints, as data. */
export interface SummaryData {
  readonly name: string;
  readonly rows: readonly SummaryRow[];
  readonly totalParams: number;
  readonly trainableParams: number;
  readonly nonTrainableParams: number;
  /** Of all weights, four a value. */
  readonly totalBytes: number;
  /** The layers whose weights other models have too. */
  readonly shared: readonly Sharing[];
}

/** The rows of a model's layers. */
class Rows {
  private readonly uses = new Map<Layer, LayerNode[]>();

  constructor(private readonly model: Trainability) {
    const { inputs, nodes } = model.graph;
    for (const node of [...inputs.map((input) => input.node), ...nodes]) {
      const list = this.uses.get(node.layer);
      if (list === undefined) this.uses.set(node.layer, [node]);
      else list.push(node);
    }
  }

  row(layer: Layer): SummaryRow {
    const nodes = this.uses.get(layer) ?? [];
    const { weights } = layer;
    const trains = layer.trainable && this.model.trainable;
    return {
      name: this.nameOf(layer),
      type: layer.className,
      outputShape: nodes[0]?.outputs[0]?.shape ?? withBatch([]),
      params: countOf(weights),
      trainableParams: trains ? countOf(weights.filter(({ trainable }) => trainable)) : 0,
      explanation: weights.map(({ shape }) => shape.join('*')).join(' + ') || '0',
      connectedTo: nodes.flatMap(({ inputs }) => inputs.map(({ node }) => this.nameOf(node.layer))),
    };
  }

  private nameOf(layer: Layer): string {
    return this.model.graph.names.get(layer) ?? layer.name;
  }
}

function countOf(weights: readonly { readonly shape: readonly number[] }[]): number {
  return weights.reduce((sum, { shape }) => sum + elements(shape), 0);
}

/**
 * The rows and totals of a model with these weights; its InputLayer is a row where `withInputs`
 * says so. A model among the layers is a row like any other.
 */
export function summarize(
  name: string,
  model: Trainability,
  weights: readonly WeightInfo[],
  shared: readonly Sharing[],
  withInputs: boolean,
): SummaryData {
  const rows = new Rows(model);
  // Not the sum of the rows: two of them may share weights.
  const totalParams = countOf(weights);
  const trainableParams = countOf(weights.filter(({ trainable }) => trainable));
  return {
    name,
    rows: model.graph.layers
      .filter((layer) => withInputs || !(layer instanceof InputLayer))
      .map((layer) => rows.row(layer)),
    totalParams,
    trainableParams,
    nonTrainableParams: totalParams - trainableParams,
    totalBytes: 4 * totalParams,
    shared,
  };
}
