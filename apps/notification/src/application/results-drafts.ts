import type { JobStore, FileStore } from '@advocate/ports';
import { ResultsDraft } from './results-draft.ts';

/** Jobs that are drafted at a time; further ones have their results written at the end. */
const maxDrafts = 8;

/**
 * The drafts of the jobs that run. A draft begins with a job's first slice, so a job that was taken up after a restart has none, and of several instances
 * only the one that heard of that slice. It may hear of some slices only, and another instance may end the job.
 */
export class ResultsDrafts implements AsyncDisposable {
  readonly #jobs: JobStore;
  readonly #files: FileStore;
  readonly #drafts = new Map<string, ResultsDraft>();

  constructor(jobs: JobStore, files: FileStore) {
    this.#jobs = jobs;
    this.#files = files;
  }

  async sliceFinished(tenant: string, jobId: string, slice: number): Promise<void> {
    let draft = this.#drafts.get(jobId);
    if (draft === undefined && slice === 0 && this.#drafts.size < maxDrafts) {
      const job = await this.#jobs.get(tenant, jobId);
      if (job?.status !== 'PENDING') return;
      draft = new ResultsDraft(this.#jobs, this.#files, job);
      this.#drafts.set(jobId, draft);
    }
    draft?.sliceFinished(slice);
  }

  /** Hands a job's draft over, if it has one. */
  take(jobId: string): ResultsDraft | undefined {
    const draft = this.#drafts.get(jobId);
    this.#drafts.delete(jobId);
    return draft;
  }

  /** Discards the drafts of jobs that another instance has ended. */
  async discardEnded(): Promise<void> {
    for (const [jobId, { tenant }] of [...this.#drafts]) {
      const job = await this.#jobs.get(tenant, jobId);
      if (job?.status !== 'PENDING') await this.take(jobId)?.discard();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#drafts.values().map((draft) => draft.discard()));
  }
}
