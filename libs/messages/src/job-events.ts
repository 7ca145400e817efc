import { JobEvent } from '@advocate/contracts';
import type { Job, OutcomeCounts } from '@advocate/domain';
import { countRows, noOutcomes, partitionOf } from '@advocate/domain';
import type { EventLog } from '@advocate/ports';
import { jobToMessage } from './job-message.ts';

type JobEventType = Exclude<Parameters<typeof JobEvent.encode>[0]['type'], 'TYPE_UNSPECIFIED'>;

/** Publishes the public events of jobs. An event that is published again has the same id. */
export class JobEvents {
  readonly #log: EventLog;
  readonly #now: () => number;

  constructor(log: EventLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  async publish(job: Job, type: JobEventType, counts: OutcomeCounts = noOutcomes, bytesProcessed = 0): Promise<void> {
    const id = type === 'PROGRESS' ? `${job.id}/${type}/${countRows(counts)}` : `${job.id}/${type}`;
    const value = JobEvent.encode({
      id,
      type,
      tenant: job.tenant,
      job: jobToMessage(job, counts, bytesProcessed),
      date: this.#now(),
    }).finish();
    const topic = 'advocate.job-events';
    const partition = partitionOf(job.tenant, job.id, this.#log.partitions(topic));
    await this.#log.publish(topic, [{ key: `${job.tenant}/${job.id}`, partition, value }]);
  }
}
