import { OptionError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';

/**
 * What each layer is called in a model. Those without a name are named after their kind: 'conv2d',
 * then 'conv2d_1'. Counting starts anew in each model, so that a model made twice has the same
 * names; a layer keeps the name that its first model gave it, unless another layer of this model
 * has it already: then it is called otherwise in this model alone. `fixed` are names that are
 * known before. ERR_OPTION when two layers were given one name.
 */
export function nameLayers(
  place: string,
  layers: readonly Layer[],
  fixed?: ReadonlyMap<Layer, string>,
): ReadonlyMap<Layer, string> {
  const names = new Map<Layer, string>();
  const taken = new Set<string>();
  const take = (layer: Layer, name: string): void => {
    if (names.has(layer)) return;
    if (taken.has(name)) {
      throw new OptionError(`two layers are called '${name}'; names within a model must differ`, {
        place,
      });
    }
    // Only models can have one: it separates the names of a path.
    if (name.includes('/')) {
      throw new OptionError(`'${name}' cannot be a layer's name, for its '/'; give it another`, {
        place,
      });
    }
    names.set(layer, name);
    taken.add(name);
  };
  for (const layer of layers) {
    const name = fixed?.get(layer) ?? (layer.nameIsGiven ? layer.name : undefined);
    if (name !== undefined) take(layer, name);
  }
  for (const layer of layers) {
    if (layer.hasName && !taken.has(layer.name)) take(layer, layer.name);
  }
  const counters = new Map<string, number>();
  for (const layer of layers) {
    if (names.has(layer)) continue;
    const name = numbered(layer.defaultName, counters, taken);
    take(layer, name);
    layer.giveName(name);
  }
  // In the order of the layers.
  return new Map(layers.map((layer) => [layer, names.get(layer) ?? layer.name]));
}

function numbered(
  defaultName: string,
  counters: Map<string, number>,
  taken: ReadonlySet<string>,
): string {
  let count = counters.get(defaultName) ?? 0;
  const name = (): string => (count === 0 ? defaultName : `${defaultName}_${count}`);
  while (taken.has(name())) ++count;
  counters.set(defaultName, count + 1);
  return name();
}
