import type { Trainability } from '../layers/layerGraph.js';
import type { Layer } from '../layers/layer.js';
import type { Applied } from '../layers/symbolicTensor.js';
import { sayOnce } from '../notices.js';
import { leavesOf } from './leaves.js';

interface Nested {
  readonly nested: Trainability;
}

/** The names of the layers whose weights train. */
export function trainingLayers(model: Trainability): string[] {
  return leavesOf(model)
    .filter(({ layer, trains }) => trains && layer.weights.length > 0)
    .map(({ path }) => path);
}

/** A model and all layers within it; each before those within it, whose trainable it sets too. */
function layersWithin(model: Layer<Applied>): Layer<Applied>[] {
  const found = new Set<Layer<Applied>>();
  const visit = (layer: Layer<Applied>): void => {
    if (found.has(layer)) return;
    layer.nested?.graph.layers.forEach(visit);
    found.add(layer);
  };
  visit(model);
  return [...found].reverse();
}

/** Runs `work` as if the layers of these names trained, and no others. */
export function asTrained(
  model: Layer<Applied> & Nested,
  names: readonly string[],
  work: () => void,
): void {
  const trained = new Set(names);
  const flags = layersWithin(model).map((layer) => [layer, layer.trainable] as const);
  model.trainable = true;
  for (const { layer, path } of leavesOf(model.nested)) layer.trainable = trained.has(path);
  try {
    work();
  } finally {
    for (const [layer, trainable] of flags) layer.trainable = trainable;
  }
}

const shownNames = 5;

/** Warns, as Keras does, of layers that were frozen or freed since compile(): `compiled` trained. */
export function sayWhatChanged(
  place: string,
  compiled: readonly string[],
  now: readonly string[],
): void {
  const before = new Set(compiled);
  const trained = new Set(now);
  const changed = [
    ...compiled.filter((name) => !trained.has(name)),
    ...now.filter((name) => !before.has(name)),
  ];
  if (changed.length === 0) return;
  const names = changed.slice(0, shownNames).map((name) => `'${name}'`);
  if (changed.length > shownNames) names.push(`${changed.length - shownNames} more`);
  sayOnce(
    `${place}: trainable was changed since compile() for ${names.join(', ')}, and takes effect ` +
      'at the next compile(); call it before training',
  );
}
