import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LayersModel, loadLayersModel, type Layer, type Tensor } from 'node-cudnn';
import type { Random } from '../random.js';
import { typedOr } from '../verdict.js';
import { requireClose } from './close.js';
import { compile } from './twin.js';

type AnyLayer = Pick<Layer, 'trainable'>;

/** A model and what is within it, each before what is within it, whose trainable it sets too. */
function allWithin(net: LayersModel): AnyLayer[] {
  const found = new Set<AnyLayer>();
  const visit = (layer: AnyLayer): void => {
    if (found.has(layer)) return;
    if (layer instanceof LayersModel) layer.layers.forEach(visit);
    found.add(layer);
  };
  visit(net);
  return [...found].reverse();
}

/**
 * A model, some layers and models of which are frozen, trains on from a file as it does itself, and
 * says of each layer what it said. Its layers are in the end as they were.
 */
export async function frozenThroughFile(
  random: Random,
  real: LayersModel<Tensor>,
  folder: string,
  [x, y]: readonly [Tensor, Tensor],
): Promise<void> {
  const before = allWithin(real).map((layer) => [layer, layer.trainable] as const);
  for (const [layer] of before) if (random.chance(0.4)) layer.trainable = random.chance(0.5);
  compile(real);
  if (random.chance(0.5)) await typedOr(() => real.trainOnBatch(x, y), ['ERR_NOT_FINITE']);
  const file = join(folder, 'frozen.safetensors');
  await real.save(file);
  const loaded = await loadLayersModel<Tensor>(file, { backend: real.backend });
  try {
    if (!isDeepStrictEqual(loaded.toJSON(), real.toJSON())) {
      throw new Error('a loaded model is described in another way');
    }
    for (const each of [real, loaded]) {
      const logs = await typedOr(() => each.trainOnBatch(x, y), ['ERR_NOT_FINITE']);
      if (logs === undefined) return;
    }
    const [ours, theirs] = [await real.getWeights(), await loaded.getWeights()];
    ours.forEach(({ values }, i) => {
      const name = real.weights[i]?.name ?? '';
      requireClose(`${name} of the loaded model`, theirs[i]?.values ?? [], values);
    });
  } finally {
    await loaded.dispose();
    for (const [layer, trainable] of before) layer.trainable = trainable;
  }
}
