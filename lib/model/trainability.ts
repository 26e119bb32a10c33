import type { Layer } from '../layers/layer.js';
import { sayOnce } from '../notices.js';
import type { ModelGraph } from './graph.js';

/** A model's layers, and whether the model as a whole may train. */
export interface Trainability {
  readonly graph: ModelGraph;
  /** false freezes every layer, whatever its own says. */
  readonly trainable: boolean;
}

/** The names of the layers whose weights train. */
export function trainingLayers({ graph, trainable }: Trainability): string[] {
  const trains = (layer: Layer) => layer.trainable && layer.weights.length > 0;
  return trainable ? graph.layers.filter(trains).map(({ name }) => name) : [];
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
