import { JobDrained } from '@advocate/contracts';
import { decodeMessage, fileRetentionMs, JobEvents } from '@advocate/messages';
import type { EventLog, FileStore, JobStore, Mailer, ParticipantStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { repeat } from '@advocate/service';
import { announceEnd } from './application/announce-end.ts';
import { collectOutcome } from './application/collect-outcomes.ts';
import { finishJob } from './application/finish-job.ts';
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

const draftsEveryMs = 30_000;
const owedEveryMs = 5 * 60 * 1000;
const expiredEveryMs = 3600 * 1000;

/** Starts notification: collects outcomes, ends jobs, tells of their ends, and removes what has expired: files, and the outcomes that they were made of. */
export async function startNotification(dependencies: NotificationDependencies): Promise<AsyncDisposable> {
  await using resources = new AsyncDisposableStack();
  const { jobs, files, participants, log, now, logger } = dependencies;
  const announcing = { ...dependencies, events: new JobEvents(jobs, log, now) };
  const drafts = resources.use(new ResultsDrafts(jobs, files));
  resources.use(
    await log.consume('chunks.outcomes', 'notification', async ({ value }) => {
      const { tenant, jobId, slice, sliceFinished } = await collectOutcome(jobs, log, value);
      if (sliceFinished) await drafts.sliceFinished(tenant, jobId, slice);
    }),
  );
  const endings = new Map<string, Promise<void>>();
  resources.defer(async () => {
    await Promise.all(endings.values());
  });
  const end = async (tenant: string, jobId: string): Promise<void> => {
    try {
      const job = await finishJob({ ...dependencies, drafts }, tenant, jobId);
      if (job !== undefined) await announceEnd(announcing, job);
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
  const announceOwed = async (endedBefore: number): Promise<void> => {
    for (const job of await jobs.unfinished()) if ((job.dateCompleted ?? Infinity) < endedBefore) await announceEnd(announcing, job);
  };
  // The start does not wait for mail servers.
  const announced = announceOwed(Infinity).catch((error: unknown) => logger.error({ err: error }, 'What jobs owe was not found out'));
  resources.defer(() => announced);
  const removeExpired = async (): Promise<void> => {
    const expired = now() - fileRetentionMs;
    const removed = await files.removeWrittenBefore(expired);
    await jobs.removeOutcomesOfJobsEndedBefore(expired);
    await participants.removeDecisionsBefore(expired);
    if (removed > 0) logger.info({ removed }, 'Expired files removed');
  };
  const regularly = (everyMs: number, work: () => Promise<void>): void => {
    resources.use(repeat(everyMs, work, (error) => logger.error({ err: error }, 'Regular work failed; it is tried again')));
  };
  regularly(draftsEveryMs, () => drafts.discardEnded());
  // Jobs that ended only now are being announced by whoever ended them.
  regularly(owedEveryMs, () => announceOwed(now() - owedEveryMs));
  regularly(expiredEveryMs, removeExpired);
  return resources.move();
}
