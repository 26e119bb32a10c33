import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { input, layers, model, regularizers, sequential } from '../../lib/index.js';
import type { LayersModel, Layer, SymbolicTensor } from '../../lib/index.js';
import type { BackendName, ToleranceName } from '../tolerances.js';

/** Numbers in plain order, channels last. */
export interface Packed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface LayerEntry {
  readonly className: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface GraphEntry {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly nodes: readonly (LayerEntry & {
    readonly name: string;
    readonly inputs: readonly string[];
  })[];
  readonly outputs: readonly string[];
}

interface Gradients {
  readonly loss: number;
  readonly weightGradients: readonly Packed[];
  /** Inference before the step, where it differs from the training output. */
  readonly inference?: Packed;
  readonly movingStatistics?: readonly Packed[];
}

interface SequentialCase {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerEntry[];
  readonly weights: readonly Packed[];
  readonly x: Packed;
  readonly target: Packed;
  readonly loss: string;
  readonly sampleWeight?: readonly number[];
  readonly expected: Gradients & { readonly output: Packed; readonly inputGradient: Packed };
}

interface GraphCase {
  readonly name: string;
  readonly graph: GraphEntry;
  readonly weights: readonly Packed[];
  readonly x: readonly Packed[];
  readonly target: readonly Packed[];
  readonly loss: readonly string[];
  readonly expected: Gradients & {
    readonly outputs: readonly Packed[];
    readonly inputGradients: readonly Packed[];
  };
}

/** A case of either form, as lists of inputs and outputs. */
export interface GoldenCase {
  readonly name: string;
  readonly entries: readonly LayerEntry[];
  readonly build: (backend: BackendName) => LayersModel;
  readonly weights: readonly Packed[];
  readonly xs: readonly Packed[];
  readonly targets: readonly Packed[];
  readonly losses: readonly string[];
  readonly sampleWeight?: readonly number[];
  readonly expected: Gradients & {
    readonly outputs: readonly Packed[];
    readonly inputGradients: readonly Packed[];
  };
}

/** Reads a JSON file of test/goldens. */
export function readGolden(file: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '..', 'goldens', `${file}.json`), 'utf8'));
}

function layerArguments(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(args).map(([key, value]) =>
    key.endsWith('Regularizer')
      ? [key, regularizers.l1l2(value as { l1: number; l2: number })]
      : [key, value],
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** Makes the layer that an entry names. */
export function makeLayer(entry: LayerEntry, extra: Record<string, unknown> = {}): Layer {
  const factories = layers as unknown as Record<string, (args: object) => Layer>;
  const factory = factories[entry.className];
  if (!factory) throw new Error(`layers has no ${entry.className}`);
  return factory({ ...layerArguments(entry.args ?? {}), ...extra });
}

/** A sequential model of layer entries. */
export function buildSequential(
  entries: readonly LayerEntry[],
  inputShape: readonly number[],
  backend: BackendName,
): LayersModel {
  const stack = entries.map((entry, i) => makeLayer(entry, i === 0 ? { inputShape } : {}));
  return sequential({ layers: stack, backend });
}

function buildGraph(graph: GraphEntry, backend: BackendName): LayersModel {
  const tensors = new Map<string, SymbolicTensor>();
  const find = (name: string): SymbolicTensor => {
    const found = tensors.get(name);
    if (!found) throw new Error(`the graph has no tensor ${name}`);
    return found;
  };
  for (const { name, shape } of graph.inputs) tensors.set(name, input({ shape: [...shape], name }));
  for (const node of graph.nodes) {
    const sources = node.inputs.map(find);
    const [first] = sources;
    if (!first) throw new Error(`node ${node.name} has no input`);
    const output = makeLayer(node, { name: node.name }).apply(sources.length > 1 ? sources : first);
    tensors.set(node.name, output);
  }
  const inputs = graph.inputs.map(({ name }) => find(name));
  return model({ inputs, outputs: graph.outputs.map(find), backend });
}

function normalized(each: SequentialCase | GraphCase): GoldenCase {
  if ('graph' in each) {
    const { name, graph, weights, x, target, loss, expected } = each;
    const build = (backend: BackendName) => buildGraph(graph, backend);
    const entries = graph.nodes;
    return { name, entries, build, weights, xs: x, targets: target, losses: loss, expected };
  }
  const { name, layers: entries, inputShape, weights, x, target, loss, expected } = each;
  return {
    name,
    entries,
    build: (backend) => buildSequential(entries, inputShape, backend),
    weights,
    xs: [x],
    targets: [target],
    losses: [loss],
    ...(each.sampleWeight && { sampleWeight: each.sampleWeight }),
    expected: { ...expected, outputs: [expected.output], inputGradients: [expected.inputGradient] },
  };
}

/** The cases of one layer family. */
export function goldenCases(file: string): GoldenCase[] {
  const { cases } = readGolden(file) as { cases: readonly (SequentialCase | GraphCase)[] };
  return cases.map(normalized);
}

const ACTIVATION_LAYERS = ['activation', 'reLU', 'leakyReLU', 'elu', 'softmax'];

/** The rows of the tolerance table that a case touches. */
export function opsOf({ entries, losses }: GoldenCase): ToleranceName[] {
  const ops = entries.flatMap(({ className, args }): ToleranceName[] => [
    ACTIVATION_LAYERS.includes(className) ? 'activation' : (className as ToleranceName),
    ...(args?.activation ? (['activation'] as const) : []),
  ]);
  const loss = losses.some((name) => name.endsWith('rossentropy')) ? 'crossEntropy' : 'difference';
  return [...ops, loss];
}
