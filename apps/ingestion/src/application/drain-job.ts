import { setTimeout as pause } from 'node:timers/promises';
import { JobDrained } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import type { EventLog, JobStore } from '@advocate/ports';

const askAgainMs = 10_000;
const lookAgainMs = 500;

/** Asks notification to end a job of which nothing is left to be applied, until it has: it may fail to, or crash at it. Stops when the signal aborts. */
export async function drainJob(jobs: JobStore, log: EventLog, { tenant, id, resumptions }: Job, signal: AbortSignal): Promise<void> {
  const drained = { key: id, partition: 0, value: JobDrained.encode({ tenant, jobId: id }).finish() };
  const hasEnded = async (): Promise<boolean> => {
    const job = await jobs.get(tenant, id);
    return job?.status !== 'PENDING' || job.resumptions !== resumptions;
  };
  let askedAt = -Infinity;
  while (!signal.aborted && !(await hasEnded())) {
    if (performance.now() - askedAt > askAgainMs) {
      await log.publish('jobs.drained', [drained]);
      askedAt = performance.now();
    }
    await pause(lookAgainMs, undefined, { signal }).catch(() => undefined);
  }
}
