import { InputLayer } from '../layers/inputLayer.js';
import type { Layer } from '../layers/layer.js';
import { elements, withBatch, type BatchShape } from '../layers/shape.js';
import type { SymbolicTensor } from '../layers/symbolicTensor.js';
import type { Trainability } from './trainability.js';

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
}

/** `outputs`: what the model's own nodes and inputs give; a layer may stand in others too. */
function row(outputs: ReadonlySet<SymbolicTensor>, modelTrains: boolean, layer: Layer): SummaryRow {
  const nodes = layer.nodes.filter(({ output }) => outputs.has(output));
  const { weights } = layer;
  const trainable = weights.filter((weight) => weight.trainable && layer.trainable && modelTrains);
  const count = (list: typeof weights): number =>
    list.reduce((sum, { shape }) => sum + elements(shape), 0);
  return {
    name: layer.name,
    type: layer.className,
    outputShape: nodes[0]?.output.shape ?? withBatch([]),
    params: count(weights),
    trainableParams: count(trainable),
    explanation: weights.map(({ shape }) => shape.join('*')).join(' + ') || '0',
    connectedTo: nodes.flatMap(({ inputs }) => inputs.map(({ name }) => name)),
  };
}

/** The rows and totals of a model; its InputLayer is a row where `withInputs` says so. */
export function summarize(name: string, model: Trainability, withInputs: boolean): SummaryData {
  const { inputs, nodes, layers } = model.graph;
  const outputs = new Set([...inputs, ...nodes.map(({ output }) => output)]);
  const rows = layers
    .filter((layer) => withInputs || !(layer instanceof InputLayer))
    .map((layer) => row(outputs, model.trainable, layer));
  const totalParams = rows.reduce((sum, { params }) => sum + params, 0);
  const trainableParams = rows.reduce((sum, each) => sum + each.trainableParams, 0);
  return {
    name,
    rows,
    totalParams,
    trainableParams,
    nonTrainableParams: totalParams - trainableParams,
    totalBytes: 4 * totalParams,
  };
}
