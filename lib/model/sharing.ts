import { homesOf } from './layerHome.js';
import type { StoreUser } from './layerStore.js';
import type { Leaf } from './leaves.js';

/** The layers whose weights another model has too. */
export interface Sharing {
  /** "model 'base'". */
  readonly with: string;
  /** Their names in this model. */
  readonly layers: readonly string[];
}

/** Whom a model shares the weights of its layers with; models of one name count as one. */
export function sharingOf(model: StoreUser, leaves: readonly Leaf[]): readonly Sharing[] {
  const layers = new Map<string, string[]>();
  for (const { layer, path } of leaves) {
    const places = homesOf([layer]).flatMap(({ owners }) =>
      owners.filter((owner) => owner !== model).map(({ place }) => place),
    );
    for (const place of new Set(places)) layers.set(place, [...(layers.get(place) ?? []), path]);
  }
  return [...layers].map(([place, names]) => ({ with: place, layers: names }));
}

const shownLayers = 8;

/** One line for each model: "shared with model 'base': conv1, conv2". */
export function sharingLines(sharing: readonly Sharing[]): string[] {
  return sharing.map(({ with: place, layers }) => {
    const more = layers.length - shownLayers;
    const names = layers.slice(0, shownLayers).join(', ');
    return `shared with ${place}: ${names}${more > 0 ? ` and ${more} more` : ''}`;
  });
}
