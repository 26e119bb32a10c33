import { DisposedError } from '../errors/errors.js';
import { nativeAddon } from '../native/addon.js';
import type { ModelSpec, NativeProgram, TrainingSpec } from '../native/program.js';
import { Turns } from './turns.js';

/** Makes the native program when first asked for, and brings it up to date after compile(). */
export class ProgramOwner {
  #program: NativeProgram | undefined;
  #spec: ModelSpec | undefined;
  #specText = '';
  #initialized = false;
  #training: TrainingSpec | undefined;
  // One after another, so that two callers never make two programs.
  readonly #turns = new Turns();
  #disposed = false;

  constructor(private readonly place: string) {}

  get disposed(): boolean {
    return this.#disposed;
  }

  /**
   * The program of this specification. A changed specification, such as a layer frozen since,
   * makes a new program with the values of the weights; changed training sets the program anew.
   */
  get(spec: ModelSpec, training: TrainingSpec | undefined): Promise<NativeProgram> {
    return this.#turns.take(async () => {
      const program = await this.upToDate(spec, training);
      if (!this.#initialized) await this.initialize(program);
      this.requireAlive();
      return program;
    });
  }

  /** As get(), but the weights may be without values and memory: for explain() and plan(). */
  planner(spec: ModelSpec, training: TrainingSpec | undefined): Promise<NativeProgram> {
    return this.#turns.take(() => this.upToDate(spec, training));
  }

  /** Waits for the call in progress and frees the program. May be called again. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#program?.dispose();
    // A program that was being made when dispose() came.
    await this.#turns.ended();
    await this.#program?.dispose();
  }

  private async upToDate(
    spec: ModelSpec,
    training: TrainingSpec | undefined,
  ): Promise<NativeProgram> {
    this.requireAlive();
    const program = await this.programOf(spec);
    if (training !== undefined && training !== this.#training) {
      await program.configureTraining(training);
      this.#training = training;
    }
    this.requireAlive();
    return program;
  }

  // compile() lowers the model anew each time, mostly to the same.
  private async programOf(spec: ModelSpec): Promise<NativeProgram> {
    if (this.#program !== undefined && spec === this.#spec) return this.#program;
    const specText = JSON.stringify(spec);
    if (this.#program === undefined || specText !== this.#specText) {
      this.#program = await this.replaced(spec);
      this.#training = undefined;
    }
    this.#spec = spec;
    this.#specText = specText;
    return this.#program;
  }

  private async initialize(program: NativeProgram): Promise<void> {
    try {
      await program.initialize();
      this.#initialized = true;
    } catch (error) {
      // Frees the weights that there was memory for.
      this.#program = undefined;
      await program.dispose();
      throw error;
    }
  }

  private async replaced(spec: ModelSpec): Promise<NativeProgram> {
    const old = this.#program;
    const values = this.#initialized ? await old?.getWeights() : undefined;
    const { Program } = nativeAddon();
    const program = new Program(spec);
    if (values !== undefined) {
      try {
        await program.initialize();
        await program.setWeights(values);
      } catch (error) {
        await program.dispose();
        throw error;
      }
    }
    await old?.dispose();
    return program;
  }

  private requireAlive(): void {
    if (this.#disposed) {
      throw new DisposedError('it was disposed; make a new model', { place: this.place });
    }
  }
}
