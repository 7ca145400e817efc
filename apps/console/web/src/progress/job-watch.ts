import type { ImportJob } from '@advocate/contracts';

/** What a watch needs of an EventSource. */
export interface EventStream {
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

export interface JobWatchOptions {
  readonly open: () => EventStream;
  readonly onJob: (job: ImportJob) => void;
  /** The stream broke off; it is opened again by itself. */
  readonly onLost: () => void;
  /** Runs something later; answers how to prevent it. */
  readonly later: (run: () => void, ms: number) => () => void;
}

const longestWaitMs = 8000;

/** Follows a job through server-sent events until its final status, over whatever interruptions. Begins at once. */
export class JobWatch {
  readonly #options: JobWatchOptions;
  #stream: EventStream | undefined;
  #cancelWait: (() => void) | undefined;
  #failures = 0;

  constructor(options: JobWatchOptions) {
    this.#options = options;
    this.#open();
  }

  stop(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#cancelWait?.();
  }

  #open(): void {
    const stream = this.#options.open();
    this.#stream = stream;
    // A stream that was closed may still have events on their way.
    const whileOpen = (listener: (data: unknown) => void) => (event: { data?: unknown }) => {
      if (this.#stream === stream) listener(event.data);
    };
    const lost = whileOpen(() => this.#reopen());
    stream.addEventListener(
      'message',
      whileOpen((data) => {
        this.#failures = 0;
        this.#options.onJob(JSON.parse(String(data)) as ImportJob);
      }),
    );
    stream.addEventListener(
      'end',
      whileOpen(() => this.stop()),
    );
    stream.addEventListener('away', lost);
    stream.addEventListener('error', lost);
  }

  #reopen(): void {
    this.stop();
    this.#cancelWait = this.#options.later(() => this.#open(), Math.min(longestWaitMs, 500 * 2 ** this.#failures++));
    this.#options.onLost();
  }
}
