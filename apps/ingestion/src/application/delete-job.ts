import type { Job } from '@advocate/domain';
import { removeJobFiles } from '@advocate/messages';
import type { FileStore, JobStore } from '@advocate/ports';
import { RequestError } from '@advocate/service';

export interface DeleteJobDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
}

/**
 * Removes a finished job with its files; an upload that another job needs stays. Throws FAILED_PRECONDITION when the job is PENDING or its last event is not out yet.
 * The job goes first, so that from then on no link leads to its files; if they are left by a crash, they expire.
 */
export async function deleteJob({ jobs, files }: DeleteJobDependencies, job: Job): Promise<void> {
  const { tenant, id, status } = job;
  if (!(await jobs.remove(tenant, id))) {
    if (status === 'PENDING') throw notYet('JOB_PENDING', `Job ${id} is PENDING. Wait for its end, or cancel it first.`);
    throw notYet('JOB_OWES_EVENT', `Job ${id} has ended, but its last event has still to go out. Try again in a moment.`);
  }
  await removeJobFiles(jobs, files, job);
}

const notYet = (reason: string, message: string): RequestError => new RequestError('FAILED_PRECONDITION', reason, message);
