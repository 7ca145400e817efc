import type { ImportJob } from '@advocate/contracts';
import { Pace } from './pace.ts';
import { jobBar, jobLine, uploadBar, uploadLine } from './progress-text.ts';

/** What progress is written to. */
export interface ProgressStream {
  readonly columns?: number;
  write(text: string): unknown;
}

const redrawMs = 100;
const lineMs = 1000;
const eraseLine = '\r\u001b[K';

/** Shows how far a job is: as a bar that redraws itself when live, else as a line when the first rows
 * have outcomes and then every second. Only `done` ends the bar. */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #live: boolean;
  readonly #clock: () => number;
  readonly #pace = new Pace();
  #shownAt: number;
  #drawn = false;
  #isMoving = false;

  constructor(stream: ProgressStream, live: boolean, clock: () => number = Date.now) {
    this.#stream = stream;
    this.#live = live;
    this.#clock = clock;
    // A bar shows at once; an upload is worth a line only when it takes longer than a second.
    this.#shownAt = live ? -Infinity : clock();
  }

  uploaded(sent: number, total: number | undefined): void {
    this.#show(() => (this.#live ? uploadBar(sent, total) : uploadLine(sent, total)));
  }

  moved(job: ImportJob): void {
    // A job that has ended gets a summary.
    if (job.status !== 'PENDING') return;
    const rows = job.stats?.recordsProcessed ?? 0;
    // The first outcomes show at once; from then on a line every second is enough.
    if (rows > 0 && !this.#isMoving && !this.#live) this.#shownAt = -Infinity;
    this.#isMoving = rows > 0;
    this.#pace.add(this.#clock(), rows, job.stats?.bytesProcessed ?? 0);
    this.#show(() => (this.#live ? jobBar(job, this.#pace) : jobLine(job, this.#pace)));
  }

  /** Says something between two drawings. */
  note(text: string): void {
    this.done();
    this.#stream.write(`${text}\n`);
  }

  /** Takes the bar away. */
  done(): void {
    if (this.#drawn) this.#stream.write(eraseLine);
    this.#drawn = false;
  }

  #show(text: () => string): void {
    const now = this.#clock();
    if (now - this.#shownAt < (this.#live ? redrawMs : lineMs)) return;
    this.#shownAt = now;
    if (!this.#live) {
      this.#stream.write(`${text()}\n`);
      return;
    }
    // Some terminals say that they have 0 columns. A line as wide as the terminal would wrap, and the next drawing leave it behind.
    const { columns = 0 } = this.#stream;
    const width = (columns > 0 ? columns : 80) - 1;
    this.#stream.write(eraseLine + text().slice(0, width));
    this.#drawn = true;
  }
}
