/** Lets calls run one after another, in the order in which they asked. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as `work` does, which begins when all before it have settled. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** When all that has asked so far has settled. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
