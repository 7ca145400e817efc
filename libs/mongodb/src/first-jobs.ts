import type { Job } from '@advocate/domain';
import type { Document } from 'mongodb';

/** For how long the first release kept files; it noted that in no job. It may end jobs still, while it is replaced service by service. */
const keptMs = 30 * 24 * 3600 * 1000;

/** A job with the time until which its files are kept, also when the first release ended it. */
export function withExpiry(job: Job): Job {
  const { dateCompleted, dateExpires } = job;
  return dateCompleted === undefined || dateExpires !== undefined ? job : { ...job, dateExpires: dateCompleted + keptMs };
}

/** Finds the jobs that the first release ended and whose files have had their time at `now`. */
export const expiredUnnoted = (now: number): Document => ({
  expiresAt: null,
  'job.dateExpires': { $exists: false },
  'job.dateCompleted': { $lte: now - keptMs },
});
