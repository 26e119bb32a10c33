import {
  input,
  layers,
  model,
  sequential,
  type Layer,
  type LayersModel,
  type SymbolicTensor,
} from 'node-cudnn';
import type { Random } from '../random.js';
import { channels } from './choices.js';
import { applied, recipes } from './recipes.js';

type LayerName = keyof typeof layers;

/** Layers that networks are made of come more often. */
const common: readonly LayerName[] = ['conv2d', 'conv2d', 'conv2d', 'dense', 'maxPooling2d', 'add'];
const names = [...(Object.keys(recipes) as LayerName[]), ...common];

function inputShape(random: Random): number[] {
  const side = (): number => random.int(1, 9);
  const depth = channels(random);
  const kind = random.next();
  if (kind < 0.8) return [side(), side(), depth];
  return kind < 0.9 ? [depth] : [side(), depth];
}

/** Puts a layer of the model on another tensor of the shape that it knows. */
function shared(random: Random, pool: readonly SymbolicTensor[]): SymbolicTensor | undefined {
  const uses = pool.flatMap(({ node }) => {
    const [from] = node.inputs;
    if (from === undefined || node.inputs.length !== 1) return [];
    const same = pool.filter(({ shape }) => String(shape) === String(from.shape));
    return same.map((other) => ({ layer: node.layer, other }));
  });
  if (uses.length === 0) return undefined;
  const { layer, other } = random.pick(uses);
  return layer.apply(other);
}

/** A model of a few layers, as a layer of the one that grows. */
function nested(random: Random, from: SymbolicTensor): SymbolicTensor | undefined {
  const start = input({ shape: from.sampleShape });
  const pool: SymbolicTensor[] = [start];
  const steps = random.int(1, 3);
  for (let i = 0; i < steps; i++) {
    const next = applied(random, random.pick(names), pool.at(-1) ?? start, pool);
    if (next !== undefined) pool.push(next);
  }
  const end = pool.at(-1) ?? start;
  // Its name is made of its kind, and numbered.
  return end === start ? undefined : model({ inputs: start, outputs: end }).apply(from);
}

function grow(random: Random, pool: SymbolicTensor[]): void {
  const newest = pool.at(-1) ?? random.pick(pool);
  // Mostly a chain, with branches.
  const from = random.chance(0.75) ? newest : random.pick(pool);
  const kind = random.next();
  const next =
    kind < 0.08
      ? shared(random, pool)
      : kind < 0.14
        ? nested(random, from)
        : applied(random, random.pick(names), from, pool);
  if (next !== undefined) pool.push(next);
}

/** All in one tensor of rank 2: a model of several inputs has to use each of them. */
function joined(tensors: readonly SymbolicTensor[]): SymbolicTensor {
  const flat = tensors.map((each) => layers.flatten().apply(each));
  const [first] = flat;
  if (first === undefined) throw new Error('there is nothing to join');
  return flat.length === 1 ? first : layers.concatenate().apply(flat);
}

function isUsed(tensor: SymbolicTensor, outputs: readonly SymbolicTensor[]): boolean {
  return outputs.some((output) => output === tensor || isUsed(tensor, output.node.inputs));
}

/** Ends of the graph to put outputs on: the newest, perhaps older ones, and unused inputs joined. */
function ends(
  random: Random,
  inputs: readonly SymbolicTensor[],
  pool: readonly SymbolicTensor[],
): SymbolicTensor[] {
  const newest = pool.at(-1) ?? random.pick(pool);
  const more = random.chance(0.25) ? [random.pick(pool)] : [];
  const chosen = [newest, ...more];
  const unused = inputs.filter((each) => !isUsed(each, chosen));
  return unused.length === 0 ? chosen : [joined([newest, ...unused]), ...more];
}

/** A network without its outputs' last layers. */
export interface Body {
  readonly inputs: readonly SymbolicTensor[];
  readonly ends: readonly SymbolicTensor[];
}

export function randomBody(random: Random): Body {
  const count = random.chance(0.8) ? 1 : random.int(2, 3);
  const inputs = Array.from({ length: count }, () => input({ shape: inputShape(random) }));
  const pool = [...inputs];
  const steps = random.int(1, 9);
  for (let i = 0; i < steps; i++) grow(random, pool);
  return { inputs, ends: ends(random, inputs, pool) };
}

/** The layers of a chain from its input on; undefined where the graph is none. */
function chainOf(last: SymbolicTensor): Layer[] | undefined {
  const chain: Layer[] = [];
  for (let each = last; ;) {
    const { layer, inputs } = each.node;
    if (chain.includes(layer)) return undefined;
    chain.unshift(layer);
    const [from] = inputs;
    if (from === undefined) return chain;
    if (inputs.length > 1) return undefined;
    each = from;
  }
}

/** The model between inputs and outputs, as a sequential one where it may be and chance has it. */
export function assembled(
  random: Random,
  { inputs }: Body,
  outputs: readonly SymbolicTensor[],
  options: { readonly backend: string; readonly seed: number },
): LayersModel {
  const [first] = outputs;
  const chain = outputs.length === 1 && first !== undefined ? chainOf(first) : undefined;
  if (random.chance(0.5) && chain !== undefined) return sequential({ layers: chain, ...options });
  return model({ inputs, outputs, ...options });
}
