import { JobEvent } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { partitionOf } from '@advocate/domain';
import type { EventLog, JobStore } from '@advocate/ports';
import { describeJob } from './job-message.ts';

type JobEventType = Exclude<Parameters<typeof JobEvent.encode>[0]['type'], 'TYPE_UNSPECIFIED'>;

/** Publishes the public events of jobs. An event that is published again has the same id. */
export class JobEvents {
  readonly #jobs: JobStore;
  readonly #log: EventLog;
  readonly #now: () => number;

  constructor(jobs: JobStore, log: EventLog, now: () => number) {
    this.#jobs = jobs;
    this.#log = log;
    this.#now = now;
  }

  async publish(job: Job, type: JobEventType): Promise<void> {
    const described = await describeJob(this.#jobs, job);
    const id = [job.id, type, ...ordinal(job, type, described.stats?.recordsProcessed ?? 0)].join('/');
    const value = JobEvent.encode({ id, type, tenant: job.tenant, job: described, date: this.#now() }).finish();
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
