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
  const counters = new Map<string, number>();
  for (const layer of layers) {
    if (layer.hasName) continue;
    const { defaultName } = layer;
    let count = counters.get(defaultName) ?? 0;
    const numbered = (): string => (count === 0 ? defaultName : `${defaultName}_${count}`);
    while (taken.has(numbered())) ++count;
    layer.giveName(numbered());
    taken.add(layer.name);
    counters.set(defaultName, count + 1);
  }
}
