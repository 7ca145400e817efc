import type { ImportJob } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { jobToMessage } from '@advocate/messages';
import type { JobStore } from '@advocate/ports';

/** A job as clients see it, with how far it is now. */
export async function describeJob(jobs: JobStore, job: Job): Promise<ImportJob> {
  const { counts, bytes } = await jobs.progress(job.id);
  return jobToMessage(job, job.counts ?? counts, job.status === 'COMPLETED' ? job.source.bytes : bytes);
}
