import { JobDrained } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { fileRetentionMs, JobEvents } from '@advocate/messages';
import type { EventLog, FileStore, JobStore, Mailer } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { collectOutcome } from './application/collect-outcomes.ts';
import { completionMail } from './application/completion-mail.ts';
import { finishJob } from './application/finish-job.ts';
import { ProgressReporter } from './application/report-progress.ts';

export interface NotificationDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly mailer: Mailer;
  readonly log: EventLog;
  readonly now: () => number;
  readonly logger: Logger;
}

const sweepEveryMs = 3600 * 1000;

/** Starts notification: collects outcomes, ends jobs, sends their mails, and removes files that have expired. */
export async function startNotification(dependencies: NotificationDependencies): Promise<AsyncDisposable> {
  await using resources = new AsyncDisposableStack();
  const { jobs, files, mailer, log, now, logger } = dependencies;
  const events = new JobEvents(log, now);
  const progress = resources.use(new ProgressReporter(jobs, events, logger));
  const mail = async (job: Job): Promise<void> => {
    await mailer.send(completionMail(job));
    await jobs.mailSent(job.tenant, job.id);
  };
  resources.use(
    await log.consume('chunks.outcomes', 'notification', async ({ value }) => {
      const { tenant, jobId } = await collectOutcome(jobs, log, value);
      progress.moved(tenant, jobId);
    }),
  );
  resources.use(
    await log.consume('jobs.drained', 'notification', async ({ value }) => {
      const { tenant, jobId } = JobDrained.decode(value);
      try {
        const job = await finishJob({ ...dependencies, events }, tenant, jobId);
        if (job?.mailOwed) await mail(job);
      } catch (error) {
        logger.error({ jobId, err: error }, 'A job could not be ended; it will be tried again');
        throw error;
      }
    }),
  );
  for (const job of await jobs.unfinished()) if (job.status !== 'PENDING' && job.mailOwed) await mail(job);
  const sweep = async (): Promise<void> => {
    const removed = await files.removeWrittenBefore(now() - fileRetentionMs);
    if (removed > 0) logger.info({ removed }, 'Expired files removed');
  };
  const sweeper = setInterval(() => void sweep().catch((error: unknown) => logger.error({ err: error }, 'Expired files not removed')), sweepEveryMs);
  sweeper.unref();
  resources.defer(() => clearInterval(sweeper));
  return resources.move();
}
