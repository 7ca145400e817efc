import type { ImportJob } from '@advocate/contracts';
import { hasFile } from '../api/jobs.ts';
import type { JobFileLink } from '../text/job-files.ts';
import { jobFiles } from '../text/job-files.ts';
import { useLoad } from './use-load.ts';

export interface ShownFiles {
  readonly files: readonly JobFileLink[];
  /** Whether there would be an original too, had it not been removed. */
  readonly isOriginalGone: boolean;
}

/** The files that a job has now. That its original is gone is what aborts a job, so that of an aborted one is looked for before it is offered. */
export function useJobFiles(tenant: string, job: ImportJob): ShownFiles {
  const isAborted = job.status === 'ABORTED';
  const { value } = useLoad(async (signal) => !isAborted || hasFile(tenant, job.id, 'source', signal), [tenant, job.id, isAborted]);
  return { files: jobFiles(job, Date.now(), !isAborted || value === true), isOriginalGone: isAborted && value === false };
}
