import {
  input,
  layers,
  model,
  train,
  type Layer,
  type LayersModel,
  type SymbolicTensor,
  type Tensor,
} from 'node-cudnn';
import type { Random } from '../random.js';

/** How to make a layer, once for the pool and once for each twin. */
export interface Recipe {
  readonly make: () => Layer;
}

/** A layer of the pool and what it was made by. */
export interface Member {
  readonly layer: Layer;
  readonly recipe: Recipe;
}

/** A model of the pool: its layers in the order of their use, and as often as they are used. */
export interface Sharer {
  readonly real: LayersModel<Tensor>;
  readonly chain: readonly Member[];
}

export interface Setting {
  readonly backend: string;
  /** Of a sample: every layer gives what it takes. */
  readonly shape: readonly number[];
}

/** A layer that keeps the shape of what it takes. */
export function randomRecipe(random: Random, { shape }: Setting): Recipe {
  const channels = shape.at(-1) ?? 1;
  const activation = random.pick(['tanh', 'linear', 'relu'] as const);
  const isImage = shape.length > 1;
  return random.pick<Recipe>([
    { make: () => layers.dense({ units: channels, activation }) },
    isImage
      ? {
          make: () =>
            layers.conv2d({ filters: channels, kernelSize: 3, padding: 'same', activation }),
        }
      : { make: () => layers.dense({ units: channels, useBias: false, activation }) },
    { make: () => layers.batchNormalization({ momentum: 0.8 }) },
    { make: () => layers.leakyReLU({ alpha: 0.2 }) },
  ]);
}

/**
 * Compiles a model as its twin is; the optimizer starts anew. Adam would make whole steps of what is
 * but rounding, such as the gradient of a bias before a batch normalization.
 */
export function compile(net: LayersModel): void {
  const optimizer = train.sgd({ learningRate: 0.05, momentum: 0.9, clipNorm: 1 });
  net.compile({ optimizer, loss: 'meanSquaredError' });
}

export interface Twin {
  readonly twin: LayersModel<Tensor>;
  /** The twin's layer for each of the original's. */
  readonly copies: ReadonlyMap<Member, Layer>;
}

/**
 * The same chain of layers in one model that shares nothing with any other, with the same values: its
 * layers are new, each as often used as the original's.
 */
export async function twinOf({ real, chain }: Sharer, { shape }: Setting): Promise<Twin> {
  const made = new Map<Member, Layer>();
  const start = input({ shape });
  let end: SymbolicTensor = start;
  for (const member of chain) {
    let layer = made.get(member);
    if (layer === undefined) {
      layer = member.recipe.make();
      layer.trainable = member.layer.trainable;
      made.set(member, layer);
    }
    end = layer.apply(end);
  }
  const twin = model({ backend: real.backend, inputs: start, outputs: end });
  for (const [{ layer }, copy] of made) {
    if (layer.weights.length > 0) await copy.setWeights(await layer.getWeights());
  }
  return { twin, copies: made };
}

/** The values of the weights of each layer, by layer. */
export async function valuesOf(members: readonly Member[]): Promise<Map<Member, Float32Array[]>> {
  const values = new Map<Member, Float32Array[]>();
  for (const member of new Set(members)) {
    const tensors = member.layer.weights.length === 0 ? [] : await member.layer.getWeights();
    values.set(
      member,
      tensors.map((each) => Float32Array.from(each.values)),
    );
  }
  return values;
}
