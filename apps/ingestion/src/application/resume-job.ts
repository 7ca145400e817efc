import type { Job } from '@advocate/domain';
import type { JobEvents } from '@advocate/messages';
import { haveFilesExpired } from '@advocate/messages';
import type { JobStore } from '@advocate/ports';
import { RequestError } from '@advocate/service';

export interface ResumeJobDependencies {
  readonly jobs: JobStore;
  readonly events: JobEvents;
  /** How long decisions on rows are kept. */
  readonly fileRetentionMs: number;
  readonly now: () => number;
}

/** Lets an aborted job go on. Throws FAILED_PRECONDITION when it has another status, or when what it would go on from may have expired. */
export async function resumeJob({ jobs, events, fileRetentionMs, now }: ResumeJobDependencies, job: Job): Promise<Job> {
  if (job.status !== 'ABORTED') throw notAborted(job);
  if (haveFilesExpired(job, now()) || job.plan.acceptedAt + fileRetentionMs <= now()) {
    throw new RequestError(
      'FAILED_PRECONDITION',
      'JOB_EXPIRED',
      `Job ${job.id} was accepted too long ago: what it would go on from has expired. Upload its file again and start a new job.`,
    );
  }
  // The abort must be told, though the job goes on.
  if (job.eventOwed) await events.publish(job, 'ABORTED');
  const resumed = await jobs.resume(job.tenant, job.id);
  if (resumed === undefined) throw notAborted((await jobs.get(job.tenant, job.id)) ?? job);
  return resumed;
}

function notAborted({ id, status }: Job): RequestError {
  return new RequestError('FAILED_PRECONDITION', 'JOB_NOT_ABORTED', `Job ${id} is ${status}; only a job that is ABORTED can be resumed.`);
}
