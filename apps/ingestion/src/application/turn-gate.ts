/**
 * Lets a limited number of slices in at a time. Jobs take turns: of those that wait, the job that has fewest in comes first, then the one
 * that waits longest.
 */
export class TurnGate {
  readonly #capacity: number;
  readonly #inside = new Map<string, number>();
  readonly #waiting: { readonly key: string; readonly admit: () => void }[] = [];
  #total = 0;
  #closed = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Resolves when it is this job's turn; calling the answer, once or more often, makes room again. A closed gate lets everybody pass. */
  async enter(key: string): Promise<() => void> {
    await new Promise<void>((admit) => {
      this.#waiting.push({ key, admit });
      this.#admit();
    });
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#total -= 1;
      const left = (this.#inside.get(key) ?? 1) - 1;
      if (left === 0) this.#inside.delete(key);
      else this.#inside.set(key, left);
      this.#admit();
    };
  }

  close(): void {
    this.#closed = true;
    this.#admit();
  }

  #admit(): void {
    while (this.#waiting.length > 0 && (this.#closed || this.#total < this.#capacity)) {
      let next = 0;
      for (const [index, { key }] of this.#waiting.entries())
        if (this.#count(key) < this.#count(this.#waiting[next]?.key ?? '')) next = index;
      const [turn] = this.#waiting.splice(next, 1);
      if (turn === undefined) return;
      this.#total += 1;
      this.#inside.set(turn.key, this.#count(turn.key) + 1);
      turn.admit();
    }
  }

  #count(key: string): number {
    return this.#inside.get(key) ?? 0;
  }
}
