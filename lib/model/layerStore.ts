import { nativeAddon } from '../native/addon.js';
import type { NativeStore } from '../native/program.js';
import type { ResolvedBackend } from './backend.js';
import type { LayerHome } from './layerHome.js';

/** A model's program over the weights of a store, as a store that is to be emptied needs it. */
export interface StoreUser {
  /** "model 'a'". */
  readonly place: string;
  readonly disposed: boolean;
  /** 'fit' while a call needs the program to stay; undefined: it may be made anew. */
  readonly inProgress: string | undefined;
  /** Begins a call when the program is there and all weights have values. */
  useProgram<T>(call: () => Promise<T>): Promise<T>;
  /** Runs `work` while the user neither makes a program nor begins a call on it. */
  pause<T>(work: () => Promise<T>): Promise<T>;
  /** While paused: gives up the program, to make one over another store when next asked for it. */
  leaveStore(): Promise<void>;
}

/** Tells backends apart: name, device, precision. */
export function backendKey({ native, options }: ResolvedBackend): string {
  const names = Object.keys(options).sort();
  return JSON.stringify([native, ...names.map((name) => [name, options[name]])]);
}

/** Those of these models that are neither disposed nor garbage. */
export function living(references: ReadonlySet<WeakRef<StoreUser>>): StoreUser[] {
  const users = [...references].map((reference) => reference.deref());
  return users.filter((user): user is StoreUser => user?.disposed === false);
}

/** Models that are made and forgotten again and again must not fill a set. */
export function forgetGone(references: Set<WeakRef<StoreUser>>): void {
  for (const reference of references) {
    if (reference.deref()?.disposed !== false) references.delete(reference);
  }
}

/** Weights of layers in the memory of one backend, and the models whose programs use them. */
export class LayerStore {
  readonly native: NativeStore;
  readonly backend: ResolvedBackend;
  readonly homes = new Set<LayerHome>();
  /** While its weights go to another store, no program may be made over it. */
  isMoving = false;
  readonly #users = new Set<WeakRef<StoreUser>>();

  constructor(backend: ResolvedBackend) {
    this.backend = backend;
    const { Store } = nativeAddon();
    this.native = new Store(backend.native, backend.options);
  }

  /** Those that are neither disposed nor garbage. */
  get users(): StoreUser[] {
    return living(this.#users);
  }

  /** A user with a call in progress. */
  get busyUser(): StoreUser | undefined {
    return this.users.find(({ inProgress }) => inProgress !== undefined);
  }

  /** The reference is the user's own, always the same. */
  addUser(reference: WeakRef<StoreUser>): void {
    forgetGone(this.#users);
    this.#users.add(reference);
  }

  forgetUsers(): void {
    this.#users.clear();
  }
}
