import { JobEvent } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { eventSequence, partitionOf } from '@advocate/domain';
import type { EventLog, JobStore, WebhookStore } from '@advocate/ports';
import { describeJob } from './job-message.ts';

type JobEventType = Exclude<Parameters<typeof JobEvent.encode>[0]['type'], 'TYPE_UNSPECIFIED'>;

export interface JobEventsDependencies {
  readonly jobs: JobStore;
  readonly webhooks: WebhookStore;
  readonly log: EventLog;
  readonly now: () => number;
}

/** Publishes the public events of jobs. What webhooks want of them is owed to these before. An event that is published again has the same id. */
export class JobEvents {
  readonly #jobs: JobStore;
  readonly #webhooks: WebhookStore;
  readonly #log: EventLog;
  readonly #now: () => number;

  constructor({ jobs, webhooks, log, now }: JobEventsDependencies) {
    this.#jobs = jobs;
    this.#webhooks = webhooks;
    this.#log = log;
    this.#now = now;
  }

  async publish(job: Job, type: JobEventType): Promise<void> {
    const described = await describeJob(this.#jobs, job);
    const id = [job.id, type, ...ordinal(job, type, described.stats?.recordsProcessed ?? 0)].join('/');
    const date = this.#now();
    const value = JobEvent.encode({ id, type, tenant: job.tenant, job: described, date }).finish();
    if (type !== 'PROGRESS') {
      const sequence = eventSequence(type, job.resumptions);
      await this.#webhooks.owe(job.tenant, { id, jobId: job.id, type, sequence, date, content: value });
    }
    const topic = 'advocate.job-events';
    const partition = partitionOf(job.tenant, job.id, this.#log.partitions(topic));
    await this.#log.publish(topic, [{ key: `${job.tenant}/${job.id}`, partition, value }]);
  }
}

/** What tells an event from those of its type that came before. */
function ordinal({ resumptions }: Job, type: JobEventType, recordsProcessed: number): number[] {
  if (type === 'PROGRESS') return [recordsProcessed];
  return resumptions === undefined ? [] : [resumptions];
}
