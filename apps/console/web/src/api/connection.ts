/** Whether the server answers. */
export interface ConnectionState {
  readonly away: boolean;
  /** How often it came back: whatever failed meanwhile is worth another try when this moves. */
  readonly returns: number;
}

export interface ConnectionOptions {
  /** Whether the server answers and is healthy; a rejection means that it does not. */
  readonly probe: () => Promise<boolean>;
  /** Runs something later; answers how to prevent it. */
  readonly later: (run: () => void, ms: number) => () => void;
}

const longestWaitMs = 5000;

/** Knows whether the server is away. From the first request that it did not answer until it answers again, it is asked every few seconds. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = { away: false, returns: 0 };
  #cancelWait: (() => void) | undefined;
  #probing = false;
  #failures = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Calls the listener at each change; answers how to end that. */
  listen(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A request got no answer. */
  lost(): void {
    if (this.#state.away) return;
    this.#failures = 0;
    this.#change({ ...this.#state, away: true });
    this.#wait();
  }

  /** Asks whether the server is there, when something went wrong that may have another cause. */
  async check(): Promise<void> {
    if (this.#state.away) return;
    const serving = await this.#options.probe().catch(() => false);
    if (!serving) this.lost();
  }

  /** Asks at once. */
  async retry(): Promise<void> {
    if (this.#probing) return;
    this.#cancelWait?.();
    this.#probing = true;
    const serving = await this.#options.probe().catch(() => false);
    this.#probing = false;
    if (!this.#state.away) return;
    if (serving) this.#change({ away: false, returns: this.#state.returns + 1 });
    else this.#wait();
  }

  #wait(): void {
    this.#cancelWait = this.#options.later(() => void this.retry(), Math.min(longestWaitMs, 500 * 2 ** this.#failures++));
  }

  #change(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
