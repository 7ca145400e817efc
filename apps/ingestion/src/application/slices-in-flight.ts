interface SliceInFlight {
  readonly since: number;
  readonly finished: Promise<void>;
  /** Ends the wait for it; once or more often. */
  readonly finish: () => void;
}

/** The slices of a job that were dispatched, and whose outcomes are waited for. */
export class SlicesInFlight {
  readonly #slices = new Map<number, SliceInFlight>();

  /** @param release called when the slice is finished or let go of, perhaps more than once */
  add(index: number, release: () => void): void {
    const { promise: finished, resolve } = Promise.withResolvers<void>();
    const finish = (): void => {
      this.#slices.delete(index);
      release();
      resolve();
    };
    this.#slices.set(index, { since: performance.now(), finished, finish });
  }

  /** A slice has all its outcomes; being told again changes nothing. */
  finish(index: number): void {
    this.#slices.get(index)?.finish();
  }

  /** Whether one has been in flight for so long. */
  anyOlderThan(ms: number): boolean {
    return this.#slices.values().some(({ since }) => performance.now() - since >= ms);
  }

  /** Resolves when those in flight by now are finished or let go of. */
  async whenFinished(): Promise<void> {
    await Promise.all(this.#slices.values().map(({ finished }) => finished));
  }

  /** Waits for no slice any more, and makes room for those of other jobs. */
  letGo(): void {
    for (const { finish } of this.#slices.values()) finish();
  }
}
