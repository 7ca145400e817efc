interface Sample {
  readonly at: number;
  readonly rows: number;
  readonly bytes: number;
}

/** How far back the rate looks: long enough to be steady, short enough to show a change. */
const windowMs = 10_000;

/** The rate of a job over the last seconds. */
export class Pace {
  #samples: Sample[] = [];

  /** Times in milliseconds; rows and bytes are totals so far. */
  add(at: number, rows: number, bytes: number): void {
    this.#samples.push({ at, rows, bytes });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - windowMs) this.#samples.shift();
  }

  /** Undefined until there is something to go by. */
  get rowsPerSecond(): number | undefined {
    return this.#perSecond((sample) => sample.rows);
  }

  get bytesPerSecond(): number | undefined {
    return this.#perSecond((sample) => sample.bytes);
  }

  #perSecond(value: (sample: Sample) => number): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 100) return undefined;
    return ((value(last) - value(first)) * 1000) / (last.at - first.at);
  }
}
