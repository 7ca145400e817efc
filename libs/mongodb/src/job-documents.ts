import type { Job } from '@advocate/domain';
import type { JobFilter, JobLease } from '@advocate/ports';
import type { Filter } from 'mongodb';
import { withExpiry } from './first-jobs.ts';

/** Of a job that was removed the id is left, so that it is not used again. */
export interface JobDocument extends Partial<JobState> {
  /** `tenant/job` */
  readonly _id: string;
  readonly token: string;
  readonly tenant?: string;
  readonly acceptedAt?: number;
  readonly lease?: JobLease;
  /** Set when its removal began. */
  readonly removing?: true;
}

/** What changes as one. */
export interface JobState {
  readonly job: Job;
  /** Names the write that left the job so; unique for ever. */
  readonly token: string;
  /** Whether it is PENDING, or owes an event or a mail. */
  readonly open: boolean;
  /** Until when its files are kept, if it has ended and some may be left. */
  readonly expiresAt: number | null;
}

/** What a request id created; the job as it was then. */
export interface RequestDocument {
  /** `tenant/requestId` */
  readonly _id: string;
  readonly job: Job;
}

/** No tenant and no job id has a `/`. */
export const jobKey = (tenant: string, jobId: string): string => `${tenant}/${jobId}`;

/** The job that a document has; none once it was removed. */
export const jobOf = (document: JobDocument | null): Job | undefined => document?.job && withExpiry(document.job);
export const jobsOf = (documents: readonly JobDocument[]): readonly Job[] => documents.flatMap((document) => jobOf(document) ?? []);

/** Finds the jobs that a filter lets through. */
export function pageFilter(tenant: string, { type, status, createdFrom = 0, createdBefore, after }: JobFilter): Filter<JobDocument> {
  return {
    tenant,
    acceptedAt: { $gte: createdFrom, ...(createdBefore === undefined ? {} : { $lt: createdBefore }) },
    ...(type === undefined ? {} : { 'job.plan.type': type }),
    ...(status === undefined ? {} : { 'job.status': status }),
    ...(after === undefined
      ? {}
      : { $or: [{ acceptedAt: { $lt: after.acceptedAt } }, { acceptedAt: after.acceptedAt, _id: { $lt: jobKey(tenant, after.id) } }] }),
  };
}

/** What is to be written of a job as it is now. */
export function stateOf(job: Job): JobState {
  const open = job.status === 'PENDING' || job.eventOwed || job.mailOwed;
  return { job, token: crypto.randomUUID(), open, expiresAt: job.filesRemoved ? null : (job.dateExpires ?? null) };
}
