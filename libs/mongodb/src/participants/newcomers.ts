import type { Newcomers } from './protocol/commit-protocol.ts';

/** Jobs that are remembered; of more at a time, some have their accounts looked up once more. */
const maxJobs = 1000;

/** Expects of a job's next chunk what its last one showed. */
export class RecentNewcomers implements Newcomers {
  readonly #jobs = new Set<string>();

  areExpectedIn(jobId: string): boolean {
    return this.#jobs.has(jobId);
  }

  note(jobId: string, wereAllNew: boolean): void {
    if (!wereAllNew) this.#jobs.delete(jobId);
    else if (this.#jobs.size < maxJobs) this.#jobs.add(jobId);
    else this.#jobs.clear();
  }
}
