/**
 * Commits how far a partition is consumed while its next messages are handled: one request at a time, and what is consumed meanwhile goes
 * into the next. So a consumer that is killed leaves little that will be handled again.
 */
export class BatchCommits {
  readonly #commit: (offset: string) => Promise<void>;
  #consumed: string | undefined;
  #committing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `commit` takes the offset of the message to consume next. */
  constructor(commit: (offset: string) => Promise<void>) {
    this.#commit = commit;
  }

  /** The message with this offset is consumed, and so are those before it. Throws when an earlier commit failed. */
  add(offset: string): void {
    this.#throwFailure();
    this.#consumed = offset;
    this.#committing ??= this.#run();
  }

  /** Resolves when everything is committed; throws when that failed. */
  async settle(): Promise<void> {
    await this.#committing;
    this.#throwFailure();
  }

  async #run(): Promise<void> {
    try {
      for (let offset = this.#consumed; offset !== undefined; offset = this.#consumed) {
        this.#consumed = undefined;
        await this.#commit(String(BigInt(offset) + 1n));
      }
      this.#committing = undefined;
    } catch (error) {
      this.#failure = { error };
    }
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
