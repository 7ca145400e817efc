import { removeJobFiles } from '@advocate/messages';
import type { FileStore, JobStore, ParticipantStore, WebhookStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';

export interface ExpiryDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly webhooks: WebhookStore;
  /** How long uploads that no job uses are kept, decisions on rows, and what was sent to webhooks. */
  readonly fileRetentionMs: number;
  readonly now: () => number;
  readonly logger: Logger;
}

const jobsAtATime = 100;

/** Removes the files and outcomes of jobs that have had the time they were promised, and what is left of no job; the jobs stay, with their counts. */
export async function removeExpired(dependencies: ExpiryDependencies): Promise<void> {
  const { jobs, files, participants, webhooks, fileRetentionMs, now, logger } = dependencies;
  let expired = 0;
  for (;;) {
    const due = await jobs.expired(now(), jobsAtATime);
    for (const job of due) {
      await removeJobFiles(jobs, files, job);
      await jobs.expire(job.tenant, job.id);
    }
    expired += due.length;
    if (due.length < jobsAtATime) break;
  }
  const old = now() - fileRetentionMs;
  const uploads = await files.removeWrittenBefore('imports', old, (name) => jobs.usesFile(name));
  const results = await files.removeWrittenBefore('results', old, (name) => hasFiles(jobs, name));
  // A job that has not ended goes on from its decisions, however long ago it was accepted.
  const [oldest] = await jobs.unfinished();
  await participants.removeDecisionsBefore(Math.min(old, oldest?.plan.acceptedAt ?? old));
  await webhooks.removeDeliveriesBefore(old);
  if (expired + uploads + results > 0) logger.info({ jobs: expired, uploads, results }, 'Expired files removed');
}

/** Whether the job that a results or errors file is named after still has its files. */
async function hasFiles(jobs: JobStore, name: string): Promise<boolean> {
  const [, tenant = '', filename = ''] = name.split('/');
  const [jobId = ''] = filename.split('.');
  const job = await jobs.get(tenant, jobId);
  return job !== undefined && job.filesRemoved !== true;
}
