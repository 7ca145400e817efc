import type { JobEvents } from '@advocate/messages';
import type { JobStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';

const reportEveryMs = 1000;

/** Publishes a progress event for each job that moved, at most once a second. */
export class ProgressReporter implements Disposable {
  readonly #jobs: JobStore;
  readonly #events: JobEvents;
  readonly #logger: Logger;
  readonly #moved = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(jobs: JobStore, events: JobEvents, logger: Logger) {
    this.#jobs = jobs;
    this.#events = events;
    this.#logger = logger;
  }

  moved(tenant: string, jobId: string): void {
    this.#moved.set(jobId, tenant);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#report().catch((error: unknown) => this.#logger.warn({ err: error }, 'Progress not published'));
    }, reportEveryMs).unref();
  }

  async #report(): Promise<void> {
    const moved = [...this.#moved];
    this.#moved.clear();
    for (const [jobId, tenant] of moved) {
      const job = await this.#jobs.get(tenant, jobId);
      if (job?.status !== 'PENDING') continue;
      const { counts, bytes } = await this.#jobs.progress(jobId);
      await this.#events.publish(job, 'PROGRESS', counts, bytes);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
