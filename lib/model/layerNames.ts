import { OptionError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';

/**
 * Names the layers that have no name after their kind: 'conv2d', then 'conv2d_1'. Counting starts
 * anew in each model, so that a model made twice has the same names. ERR_OPTION when two layers
 * have one name.
 */
export function nameLayers(place: string, layers: readonly Layer[]): void {
  const taken = new Set<string>();
  for (const layer of layers) {
    if (!layer.hasName) continue;
    if (taken.has(layer.name)) {
      throw new OptionError(
        `two layers are called '${layer.name}'; names within a model must differ`,
        { place },
      );
    }
    taken.add(layer.name);
  }
  for (const layer of layers) {
    if (layer.hasName) continue;
    let name = layer.defaultName;
    for (let i = 1; taken.has(name); ++i) name = `${layer.defaultName}_${i}`;
    taken.add(name);
    layer.giveName(name);
  }
}
