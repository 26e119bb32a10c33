import type { Trainability } from '../layers/layerGraph.js';
import { sayOnce } from '../notices.js';
import { leavesOf } from './leaves.js';

/** The names of the layers whose weights train. */
export function trainingLayers(model: Trainability): string[] {
  return leavesOf(model)
    .filter(({ layer, trains }) => trains && layer.weights.length > 0)
    .map(({ path }) => path);
}

/** Runs `work` as if the layers of these names trained, and no others. */
export function asTrained(model: Trainability, names: readonly string[], work: () => void): void {
  const trained = new Set(names);
  const leaves = leavesOf(model);
  const flags = leaves.map(({ layer }) => layer.trainable);
  for (const { layer, path } of leaves) layer.trainable = trained.has(path);
  try {
    work();
  } finally {
    leaves.forEach(({ layer }, i) => (layer.trainable = flags[i] ?? true));
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
