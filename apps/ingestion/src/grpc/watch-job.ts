import { setTimeout as pause } from 'node:timers/promises';
import type { ImportJob } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { describeJob } from '@advocate/messages';
import type { JobStore } from '@advocate/ports';

const lookMs = 200;
/** When no row is left, so that the end is told as it comes. */
const lookForEndMs = 40;
/** Sent even when nothing changed, so that a client knows that the stream lives. */
const heartbeatMs = 5000;

/** The job now, then whenever it moved, and last with its final status. Ends when the signal aborts. */
export async function* watchJob(jobs: JobStore, job: Job, signal: AbortSignal): AsyncGenerator<ImportJob> {
  let sent = '';
  let sentAt = 0;
  for (let current: Job | undefined = job; current !== undefined; current = await jobs.get(job.tenant, job.id)) {
    const message = await describeJob(jobs, current);
    const text = JSON.stringify(message);
    if (text !== sent || performance.now() - sentAt > heartbeatMs) {
      yield message;
      sent = text;
      sentAt = performance.now();
    }
    if (current.status !== 'PENDING') return;
    const { recordsProcessed = 0, recordsTotal = 0 } = message.stats ?? {};
    const isNearEnd = recordsTotal > 0 && recordsProcessed >= recordsTotal;
    await pause(isNearEnd ? lookForEndMs : lookMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}
