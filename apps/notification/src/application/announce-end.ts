import type { Job } from '@advocate/domain';
import type { FileLinks, JobEvents } from '@advocate/messages';
import type { JobStore, Mailer } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { completionMail } from './completion-mail.ts';

export interface AnnounceDependencies {
  readonly jobs: JobStore;
  readonly events: JobEvents;
  readonly mailer: Mailer;
  readonly links: FileLinks;
  /** Names this process among those that send mails; the same name after a restart sends at once what it had begun to. */
  readonly instance: string;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Longer than a mail server may take. A mail that failed is tried again after it. */
const mailLeaseMs = 60_000;

/** Tells of the ends of jobs. Whoever tells of one at a time, here or in other processes, its mail is sent by one. */
export class EndAnnouncer {
  readonly #dependencies: AnnounceDependencies;
  readonly #inHand = new Map<string, Promise<void>>();

  constructor(dependencies: AnnounceDependencies) {
    this.#dependencies = dependencies;
  }

  /** Publishes the event and sends the mail that a job owes after its end. What fails stays owed, and holds up neither the other nor the caller. */
  announce(tenant: string, jobId: string): Promise<void> {
    const inHand = this.#inHand.get(jobId);
    if (inHand !== undefined) return inHand;
    const done = this.#announce(tenant, jobId).finally(() => this.#inHand.delete(jobId));
    this.#inHand.set(jobId, done);
    return done;
  }

  /** Announces all ends that are still owed, at the start; also those whose mail this instance was sending when it was killed. */
  async takeUp(): Promise<void> {
    await this.#announceWhere(() => true);
  }

  /** Announces the ends that are still owed of jobs that ended before a time, epoch milliseconds; not one of which but the mail is owed and being sent. */
  async announceOwed(endedBefore: number): Promise<void> {
    const { now } = this.#dependencies;
    await this.#announceWhere(({ dateCompleted = 0, eventOwed, mailLease }) => {
      const isBeingSent = !eventOwed && mailLease !== undefined && mailLease.until > now();
      return dateCompleted < endedBefore && !isBeingSent;
    });
  }

  async #announceWhere(isDue: (job: Job) => boolean): Promise<void> {
    for (const job of await this.#dependencies.jobs.unfinished()) {
      if (job.status !== 'PENDING' && isDue(job)) await this.announce(job.tenant, job.id);
    }
  }

  async #announce(tenant: string, jobId: string): Promise<void> {
    const { jobs, events, mailer, links, instance, now, logger } = this.#dependencies;
    const tell = async (what: string, announce: () => Promise<void>): Promise<void> => {
      try {
        await announce();
      } catch (error) {
        logger.error({ jobId, err: error }, `${what} was not sent; it is tried again`);
      }
    };
    await tell("The event of a job's end", async () => {
      const job = await jobs.get(tenant, jobId);
      if (job === undefined || job.status === 'PENDING' || !job.eventOwed) return;
      await events.publish(job, job.status);
      await jobs.eventPublished(tenant, jobId, job.resumptions);
    });
    await tell('A completion mail', async () => {
      const time = now();
      const job = await jobs.takeMail(tenant, jobId, { holder: instance, until: time + mailLeaseMs }, time);
      if (job === undefined) return;
      await mailer.send(completionMail(job, links));
      await jobs.mailSent(tenant, jobId, job.resumptions);
    });
  }
}
