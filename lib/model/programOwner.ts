import { DisposedError } from '../errors/errors.js';
import { nativeAddon } from '../native/addon.js';
import type { ModelSpec, NativeProgram, TrainingSpec } from '../native/program.js';

/** Makes the native program when first asked for, and brings it up to date after compile(). */
export class ProgramOwner {
  #program: NativeProgram | undefined;
  #specText = '';
  #initialized = false;
  #training: TrainingSpec | undefined;
  #last: Promise<unknown> = Promise.resolve();
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
    return this.next(async () => {
      const program = await this.upToDate(spec, training);
      if (!this.#initialized) await this.initialize(program);
      this.requireAlive();
      return program;
    });
  }

  /** As get(), but the weights may be without values and memory: for explain() and plan(). */
  planner(spec: ModelSpec, training: TrainingSpec | undefined): Promise<NativeProgram> {
    return this.next(() => this.upToDate(spec, training));
  }

  /** Waits for the call in progress and frees the program. May be called again. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#program?.dispose();
    // A program that was being made when dispose() came.
    await this.#last;
    await this.#program?.dispose();
  }

  // One after another, so that two callers never make two programs.
  private next(work: () => Promise<NativeProgram>): Promise<NativeProgram> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  private async upToDate(
    spec: ModelSpec,
    training: TrainingSpec | undefined,
  ): Promise<NativeProgram> {
    this.requireAlive();
    const specText = JSON.stringify(spec);
    if (this.#program === undefined || specText !== this.#specText) {
      this.#program = await this.replaced(spec);
      this.#specText = specText;
      this.#training = undefined;
    }
    if (training !== undefined && training !== this.#training) {
      await this.#program.configureTraining(training);
      this.#training = training;
    }
    this.requireAlive();
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
