import { DisposedError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';
import { nativeAddon } from '../native/addon.js';
import type { ModelSpec, NativeProgram, OptimizerState, TrainingSpec } from '../native/program.js';
import type { ResolvedBackend } from './backend.js';
import { joinStores, storesOf } from './joinStores.js';
import { homesOf, type LayerHome } from './layerHome.js';
import { LayerStore, type StoreUser } from './layerStore.js';
import { Turns } from './turns.js';

/** What a program leaves for one over another store. */
interface KeptTraining {
  readonly training: TrainingSpec;
  readonly state: OptimizerState;
}

/** What the owner asks of its model. */
export interface OwningModel {
  /** "model 'a'", which may change when it becomes a layer of another. */
  readonly place: string;
  /** 'fit' while a training or an evaluation is in progress. */
  readonly inProgress: string | undefined;
  useProgram<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Makes a model's native program over the weights of its layers when first asked for, and brings it
 * up to date after compile().
 */
export class ProgramOwner implements StoreUser {
  #program: NativeProgram | undefined;
  #spec: ModelSpec | undefined;
  #specText = '';
  #initialized = false;
  #training: TrainingSpec | undefined;
  #kept: KeptTraining | undefined;
  #homes: readonly LayerHome[] = [];
  readonly #self = new WeakRef<StoreUser>(this);
  // One after another, so that two callers never make two programs.
  readonly #turns = new Turns();
  #disposed = false;

  constructor(
    private readonly model: OwningModel,
    private readonly backend: ResolvedBackend,
  ) {}

  get place(): string {
    return this.model.place;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  get inProgress(): string | undefined {
    return this.model.inProgress;
  }

  useProgram<T>(call: () => Promise<T>): Promise<T> {
    return this.model.useProgram(call);
  }

  /**
   * Keeps the weights of these layers until dispose(). ERR_DISPOSED for a layer whose weights were
   * freed, ERR_OPTION for one whose weights are on another backend.
   */
  own(layers: readonly Layer[]): void {
    const homes = homesOf(layers);
    for (const home of homes) home.requireUsable(this.backend);
    for (const home of homes) home.addOwner(this.#self);
    this.#homes = homes;
  }

  /**
   * The program of this specification. A changed specification, such as a layer frozen since,
   * makes a new program over the same weights; changed training sets the program anew. It stays
   * until the specification changes, or while a call is in progress.
   */
  get(spec: ModelSpec, training: TrainingSpec | undefined): Promise<NativeProgram> {
    return this.withProgram(spec, training, (program) => this.initialized(program));
  }

  /** Begins a call on the program before anything can take its place. */
  async use<T>(
    spec: ModelSpec,
    training: TrainingSpec | undefined,
    call: (program: NativeProgram) => Promise<T>,
  ): Promise<T> {
    const { result } = await this.withProgram(spec, training, async (program) => ({
      result: call(await this.initialized(program)),
    }));
    return result;
  }

  /** As use(), but the weights may be without values and memory: for explain() and plan(). */
  async plan<T>(
    spec: ModelSpec,
    training: TrainingSpec | undefined,
    call: (program: NativeProgram) => Promise<T>,
  ): Promise<T> {
    const { result } = await this.withProgram(spec, training, (program) =>
      Promise.resolve({ result: call(program) }),
    );
    return result;
  }

  /**
   * Waits for the call in progress and frees the program, with the weights of the layers that no
   * other model has. May be called again.
   */
  async dispose(): Promise<void> {
    if (!this.#disposed) this.disown();
    await this.#program?.dispose();
    // A program that was being made when dispose() came.
    await this.#turns.ended();
    await this.#program?.dispose();
  }

  pause<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(work);
  }

  async leaveStore(): Promise<void> {
    const program = this.#program;
    if (program === undefined || this.#disposed) return;
    if (this.#training !== undefined) {
      const training = this.#training;
      const state = await program.getOptimizerState().catch((error: unknown) => {
        if (!this.#disposed) throw error;
      });
      if (state) this.#kept = { training, state };
    }
    this.#program = undefined;
    await program.dispose();
  }

  private disown(): void {
    this.#disposed = true;
    for (const home of this.#homes) home.removeOwner(this.#self, this.place);
  }

  /** Runs `work` with the program in a turn of its own. */
  private async withProgram<T>(
    spec: ModelSpec,
    training: TrainingSpec | undefined,
    work: (program: NativeProgram) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const done = await this.#turns.take(async () => {
        const program = await this.upToDate(spec, training);
        return program && { value: await work(program) };
      });
      if (done !== undefined) return done.value;
      await joinStores(this.place, () => (this.#disposed ? [] : this.#homes));
    }
  }

  /** Undefined while the layers' weights are not in one store. */
  private async upToDate(
    spec: ModelSpec,
    training: TrainingSpec | undefined,
  ): Promise<NativeProgram | undefined> {
    this.requireAlive();
    const program = await this.programOf(spec);
    if (program === undefined) return undefined;
    if (training !== undefined && training !== this.#training) {
      await program.configureTraining(training);
      const kept = this.#kept?.training === training ? this.#kept.state : undefined;
      if (kept !== undefined) await program.setOptimizerState(kept);
      this.#training = training;
      this.#kept = undefined;
    }
    this.requireAlive();
    return program;
  }

  // compile() lowers the model anew each time, mostly to the same.
  private async programOf(spec: ModelSpec): Promise<NativeProgram | undefined> {
    const old = this.#program;
    if (old !== undefined && spec === this.#spec) return old;
    const specText = JSON.stringify(spec);
    if (old === undefined || specText !== this.#specText) {
      const store = this.store();
      if (store === undefined) return undefined;
      const { Program } = nativeAddon();
      this.#program = new Program(spec, store.native);
      store.addUser(this.#self);
      this.#initialized = false;
      this.#training = undefined;
      if (specText !== this.#specText) this.#kept = undefined;
    }
    this.#spec = spec;
    this.#specText = specText;
    if (old !== this.#program) await old?.dispose();
    return this.#program;
  }

  /** The one that all layers live in, from now on; undefined where they have to be joined first. */
  private store(): LayerStore | undefined {
    for (const home of this.#homes) home.requireUsable(this.backend);
    const [first, second] = storesOf(this.#homes);
    if (second !== undefined || first?.isMoving === true) return undefined;
    const store = first ?? new LayerStore(this.backend);
    for (const home of this.#homes) home.settleIn(store);
    return store;
  }

  private async initialized(program: NativeProgram): Promise<NativeProgram> {
    if (!this.#initialized) await this.initialize(program);
    this.requireAlive();
    return program;
  }

  private async initialize(program: NativeProgram): Promise<void> {
    try {
      await program.initialize();
      this.#initialized = true;
      for (const home of this.#homes) home.isFilled = true;
    } catch (error) {
      // Frees the weights that there was memory for.
      this.#program = undefined;
      await program.dispose();
      for (const home of this.#homes) {
        if (!home.isFilled && home.store?.users.length === 1) home.release();
      }
      throw error;
    }
  }

  private requireAlive(): void {
    if (this.#disposed) {
      throw new DisposedError('it was disposed; make a new model', { place: this.place });
    }
  }
}
