interface Slice {
  readonly key: string;
  readonly size: number;
}

/**
 * Lets slices in as long as those inside are together smaller than a limit. Jobs take turns: of those that wait, the job that has least in comes first, then
 * the one that waits longest.
 */
export class TurnGate {
  readonly #limit: number;
  readonly #inside = new Set<Slice>();
  readonly #waiting: { readonly slice: Slice; readonly admit: () => void }[] = [];
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Resolves when it is this job's turn; calling the answer, once or more often, makes room again. A closed gate lets everybody pass.
   *
   * @param size of the slice, in the unit of the limit
   */
  async enter(key: string, size: number): Promise<() => void> {
    const slice = { key, size };
    await new Promise<void>((admit) => {
      this.#waiting.push({ slice, admit });
      this.#admit();
    });
    return () => {
      if (this.#inside.delete(slice)) this.#admit();
    };
  }

  close(): void {
    this.#closed = true;
    this.#admit();
  }

  #admit(): void {
    while (this.#waiting.length > 0 && (this.#closed || this.#sizeInside() < this.#limit)) {
      let next = 0;
      for (const [index, { slice }] of this.#waiting.entries())
        if (this.#sizeInside(slice.key) < this.#sizeInside(this.#waiting[next]?.slice.key)) next = index;
      const [turn] = this.#waiting.splice(next, 1);
      if (turn === undefined) return;
      this.#inside.add(turn.slice);
      turn.admit();
    }
  }

  /** Of one job's slices, or of all. */
  #sizeInside(key?: string): number {
    let sum = 0;
    for (const slice of this.#inside) if (key === undefined || slice.key === key) sum += slice.size;
    return sum;
  }
}
