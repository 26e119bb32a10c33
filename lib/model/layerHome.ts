import { DisposedError, OptionError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';
import { firstWeightId } from '../layers/weightIds.js';
import type { StoredWeight } from '../native/program.js';
import type { ResolvedBackend } from './backend.js';
import { backendKey, forgetGone, living, type LayerStore, type StoreUser } from './layerStore.js';

/** Where the weights of one layer live, and the models that keep them alive. */
export class LayerHome {
  readonly weights: readonly Omit<StoredWeight, 'values'>[];
  /** Undefined until a model needs the weights. */
  store: LayerStore | undefined;
  /** Whether the weights have values. */
  isFilled = false;
  readonly #place: string;
  readonly #owners = new Set<WeakRef<StoreUser>>();
  #disposedWith: string | undefined;

  // Holds no reference to the layer, so that it can be collected.
  constructor(layer: Layer) {
    const first = firstWeightId(layer);
    this.#place = layer.place;
    this.weights = layer.weights.map(({ name, shape }, i) => ({
      id: first + i,
      name: `${layer.name}/${name}`,
      shape,
    }));
  }

  get ids(): number[] {
    return this.weights.map(({ id }) => id);
  }

  /** The models that keep the weights and are still there. */
  get owners(): StoreUser[] {
    return living(this.#owners);
  }

  /** ERR_DISPOSED where the weights were freed. */
  requireAlive(): void {
    if (this.#disposedWith === undefined) return;
    throw new DisposedError(
      `its weights were freed with ${this.#disposedWith}, the last model that used it; make a ` +
        'new layer, or make the next model before that one is disposed of',
      { place: this.#place },
    );
  }

  /** ERR_DISPOSED where the weights were freed, ERR_OPTION where they are on another backend. */
  requireUsable(backend: ResolvedBackend): void {
    this.requireAlive();
    const { store } = this;
    if (store === undefined || backendKey(store.backend) === backendKey(backend)) return;
    const how = store.backend.name === backend.name ? ' with other options' : '';
    throw new OptionError(
      `its weights are on the backend '${store.backend.name}', and this model is on ` +
        `'${backend.name}'${how}; give both models the same, or give this one layers of its own ` +
        'and carry the values over with getWeights() and setWeights()',
      { place: this.#place },
    );
  }

  /** The reference is the owner's own, always the same. */
  addOwner(reference: WeakRef<StoreUser>): void {
    forgetGone(this.#owners);
    this.#owners.add(reference);
  }

  /** Frees the weights where no other owner is left. */
  removeOwner(reference: WeakRef<StoreUser>, place: string): void {
    if (!this.#owners.delete(reference)) return;
    if (living(this.#owners).length > 0) return;
    this.#disposedWith = place;
    this.release();
  }

  settleIn(store: LayerStore): void {
    this.store = store;
    store.homes.add(this);
  }

  release(): void {
    this.store?.homes.delete(this);
    this.store?.native.release(this.ids);
    this.store = undefined;
  }
}

const homes = new WeakMap<Layer, LayerHome>();
const collected = new FinalizationRegistry<LayerHome>((home) => {
  home.release();
});

function homeOf(layer: Layer): LayerHome {
  let home = homes.get(layer);
  if (home === undefined) {
    home = new LayerHome(layer);
    homes.set(layer, home);
    collected.register(layer, home);
  }
  return home;
}

/** The homes of the layers that have weights. */
export function homesOf(layers: readonly Layer[]): LayerHome[] {
  return layers.filter(({ weights }) => weights.length > 0).map(homeOf);
}
