/** How far a job was at a time, epoch milliseconds. */
interface Sample {
  readonly at: number;
  readonly rows: number;
  readonly bytes: number;
}

/** How far back the rate looks: long enough to be steady, short enough to show a change. */
const windowMs = 10_000;
/** Two samples closer than that say nothing. */
const shortestMs = 500;

/** The rate of a job over the last seconds, and how long the rest takes at it. */
export class Pace {
  readonly #samples: Sample[] = [];

  /** Totals so far. Totals that go back, as after a resumption, begin anew. */
  add(at: number, rows: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && (rows < last.rows || at < last.at)) this.#samples.length = 0;
    this.#samples.push({ at, rows, bytes });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - windowMs) this.#samples.shift();
  }

  /** Undefined until there is something to go by. */
  get rowsPerSecond(): number | undefined {
    return this.#perSecond(({ rows }) => rows);
  }

  /** Milliseconds until all bytes are done; undefined while nobody can tell. */
  remainingMs(bytesTotal: number): number | undefined {
    const rate = this.#perSecond(({ bytes }) => bytes);
    const last = this.#samples.at(-1);
    if (rate === undefined || rate <= 0 || last === undefined || last.bytes >= bytesTotal) return undefined;
    return ((bytesTotal - last.bytes) / rate) * 1000;
  }

  #perSecond(total: (sample: Sample) => number): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < shortestMs) return undefined;
    return ((total(last) - total(first)) * 1000) / (last.at - first.at);
  }
}
