import { JobDrained } from '@advocate/contracts';
import { decodeMessage, JobEvents, openFileLinks } from '@advocate/messages';
import type { EventLog, FileStore, JobStore, Mailer, ParticipantStore, WebhookStore } from '@advocate/ports';
import type { FilePolicy, Logger } from '@advocate/service';
import { repeat } from '@advocate/service';
import { EndAnnouncer } from './application/announce-end.ts';
import { collectOutcome } from './application/collect-outcomes.ts';
import { finishJob } from './application/finish-job.ts';
import { removeExpired } from './application/remove-expired.ts';
import { ResultsDrafts } from './application/results-drafts.ts';
import { WebhookSender } from './webhooks/webhook-sender.ts';

export interface NotificationDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly mailer: Mailer;
  readonly webhooks: WebhookStore;
  readonly log: EventLog;
  /** Names this process among those that run notification over the same engine; the same name after a restart goes on with its own mails at once. */
  readonly instance: string;
  readonly filePolicy: FilePolicy;
  /** Whether webhooks may have addresses inside private networks; default false. */
  readonly allowPrivateWebhooks?: boolean;
  readonly now: () => number;
  readonly logger: Logger;
}

const draftsEveryMs = 30_000;
const owedEveryMs = 10_000;
const expiredEveryMs = 3600 * 1000;
const webhooksEveryMs = 500;

/** Starts notification: collects outcomes, ends jobs, tells of their ends, sends what is owed to webhooks, and removes what has expired: files, and the outcomes that they were made of. */
export async function startNotification(dependencies: NotificationDependencies): Promise<AsyncDisposable> {
  await using resources = new AsyncDisposableStack();
  const { jobs, files, log, filePolicy, now, logger } = dependencies;
  const { fileRetentionMs } = filePolicy;
  const events = new JobEvents(dependencies);
  const announcer = new EndAnnouncer({ ...dependencies, events, links: await openFileLinks(jobs, filePolicy) });
  const drafts = resources.use(new ResultsDrafts(jobs, files));
  resources.use(
    await log.consume('chunks.outcomes', 'notification', async ({ value }) => {
      const { tenant, jobId, slice, sliceFinished } = await collectOutcome(jobs, log, value, now());
      if (sliceFinished) await drafts.sliceFinished(tenant, jobId, slice);
    }),
  );
  const endings = new Map<string, Promise<void>>();
  resources.defer(async () => {
    await Promise.all(endings.values());
  });
  const end = async (tenant: string, jobId: string): Promise<void> => {
    try {
      if (await finishJob({ ...dependencies, fileRetentionMs, drafts }, tenant, jobId)) await announcer.announce(tenant, jobId);
    } catch (error) {
      logger.error({ jobId, err: error }, 'A job could not be ended; ingestion will ask for it again');
    } finally {
      // The last slice of a short job may come to be drafted after the ending looked for a draft.
      await drafts.take(jobId)?.discard();
      endings.delete(jobId);
    }
  };
  resources.use(
    // Does not wait for the ending: a small job's must not come after a big one's. Ingestion asks until the job has ended.
    await log.consume('jobs.drained', 'notification', async ({ value }) => {
      const { tenant, jobId } = decodeMessage('drained job', () => JobDrained.decode(value));
      if (!endings.has(jobId)) endings.set(jobId, end(tenant, jobId));
    }),
  );
  const sweep = (): Promise<void> => removeExpired({ ...dependencies, fileRetentionMs });
  // The start waits neither for mail servers nor for files to be removed.
  const begun = Promise.all([announcer.takeUp(), sweep()]).catch((error: unknown) => {
    logger.error({ err: error }, 'What was left before the start is not all done; it is tried again');
  });
  resources.defer(async () => {
    await begun;
  });
  const regularly = (everyMs: number, work: () => Promise<void>): void => {
    resources.use(repeat(everyMs, work, (error) => logger.error({ err: error }, 'Regular work failed; it is tried again')));
  };
  const sender = resources.use(new WebhookSender(dependencies));
  regularly(webhooksEveryMs, () => sender.sendDue());
  regularly(draftsEveryMs, () => drafts.discardEnded());
  // Jobs that ended only now are being announced by whoever ended them.
  regularly(owedEveryMs, () => announcer.announceOwed(now() - owedEveryMs));
  regularly(expiredEveryMs, sweep);
  return resources.move();
}
