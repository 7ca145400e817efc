import type { Job } from '@advocate/domain';
import type { JobEvents } from '@advocate/messages';
import type { JobStore, Mailer } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { completionMail } from './completion-mail.ts';

export interface AnnounceDependencies {
  readonly jobs: JobStore;
  readonly events: JobEvents;
  readonly mailer: Mailer;
  readonly logger: Logger;
}

/** Publishes the event and sends the mail that a job owes after its end. What fails stays owed, and holds up neither the other nor the caller. */
export async function announceEnd({ jobs, events, mailer, logger }: AnnounceDependencies, job: Job): Promise<void> {
  const { tenant, id, status } = job;
  if (status === 'PENDING') return;
  const tell = async (what: string, announce: () => Promise<void>): Promise<void> => {
    try {
      await announce();
    } catch (error) {
      logger.error({ jobId: id, err: error }, `${what} was not sent; it is tried again`);
    }
  };
  await tell("The event of a job's end", async () => {
    if (!job.eventOwed) return;
    await events.publish(job, status);
    await jobs.eventPublished(tenant, id);
  });
  await tell('A completion mail', async () => {
    if (!job.mailOwed) return;
    await mailer.send(completionMail(job));
    await jobs.mailSent(tenant, id);
  });
}
