import { JobDrained } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { fileRetentionMs, JobEvents } from '@advocate/messages';
import type { EventLog, FileStore, JobStore, Mailer, ParticipantStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { collectOutcome } from './application/collect-outcomes.ts';
import { completionMail } from './application/completion-mail.ts';
import { finishJob } from './application/finish-job.ts';
import { ProgressReporter } from './application/report-progress.ts';
import { ResultsDrafts } from './application/results-drafts.ts';

export interface NotificationDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly mailer: Mailer;
  readonly log: EventLog;
  readonly now: () => number;
  readonly logger: Logger;
}

const sweepEveryMs = 3600 * 1000;

/** Starts notification: collects outcomes, ends jobs, sends their mails, and removes what has expired: files, and the outcomes that they were made of. */
export async function startNotification(dependencies: NotificationDependencies): Promise<AsyncDisposable> {
  await using resources = new AsyncDisposableStack();
  const { jobs, files, participants, mailer, log, now, logger } = dependencies;
  const events = new JobEvents(log, now);
  const progress = resources.use(new ProgressReporter(jobs, events, logger));
  // A mail that cannot be sent must hold up neither other jobs nor the start; it stays owed.
  const drafts = resources.use(new ResultsDrafts(jobs, files));
  const mail = async (job: Job): Promise<void> => {
    try {
      await mailer.send(completionMail(job));
      await jobs.mailSent(job.tenant, job.id);
    } catch (error) {
      logger.error({ jobId: job.id, err: error }, 'A completion mail was not sent; it is tried again every hour and at the next start');
    }
  };
  const sendOwedMails = async (): Promise<void> => {
    for (const job of await jobs.unfinished()) if (job.status !== 'PENDING' && job.mailOwed) await mail(job);
  };
  resources.use(
    await log.consume('chunks.outcomes', 'notification', async ({ value }) => {
      const { tenant, jobId, slice, sliceFinished } = await collectOutcome(jobs, log, value);
      progress.moved(tenant, jobId);
      if (sliceFinished) await drafts.sliceFinished(tenant, jobId, slice);
    }),
  );
  const endings = new Map<string, Promise<void>>();
  resources.defer(async () => {
    await Promise.all(endings.values());
  });
  const end = async (tenant: string, jobId: string): Promise<void> => {
    try {
      const job = await finishJob({ ...dependencies, events, drafts }, tenant, jobId);
      if (job?.mailOwed) await mail(job);
    } catch (error) {
      logger.error({ jobId, err: error }, 'A job could not be ended; ingestion will ask for it again');
    } finally {
      endings.delete(jobId);
      // The last slice of a short job may come to be drafted after the ending looked for a draft.
      await drafts.take(jobId)?.discard();
    }
  };
  resources.use(
    // Does not wait for the ending: a small job's must not come after a big one's. Ingestion asks until the job has ended.
    await log.consume('jobs.drained', 'notification', async ({ value }) => {
      const { tenant, jobId } = JobDrained.decode(value);
      if (!endings.has(jobId)) endings.set(jobId, end(tenant, jobId));
    }),
  );
  await sendOwedMails();
  const sweep = async (): Promise<void> => {
    await sendOwedMails();
    const expired = now() - fileRetentionMs;
    const removed = await files.removeWrittenBefore(expired);
    await jobs.removeOutcomesOfJobsEndedBefore(expired);
    await participants.removeDecisionsBefore(expired);
    if (removed > 0) logger.info({ removed }, 'Expired files removed');
  };
  const sweeper = setInterval(
    () => void sweep().catch((error: unknown) => logger.error({ err: error }, 'Hourly work failed')),
    sweepEveryMs,
  );
  sweeper.unref();
  resources.defer(() => clearInterval(sweeper));
  return resources.move();
}
