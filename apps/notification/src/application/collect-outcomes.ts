import { SliceFinished } from '@advocate/contracts';
import { decodeMessage, summariseChunkOutcome } from '@advocate/messages';
import type { EventLog, JobStore } from '@advocate/ports';

export interface Collected {
  readonly tenant: string;
  readonly jobId: string;
  readonly slice: number;
  readonly sliceFinished: boolean;
}

/** Stores a chunk's outcome and, when it is the last one of its slice, tells ingestion. A repeated outcome repeats only the telling. Answers the job. */
export async function collectOutcome(jobs: JobStore, log: EventLog, outcome: Uint8Array, storedAt: number): Promise<Collected> {
  const { tenant, jobId, slice, partition, sliceChunks, counts } = decodeMessage('chunk outcome', () => summariseChunkOutcome(outcome));
  const { sliceFinished } = await jobs.putOutcome({ tenant, jobId, slice, partition, sliceChunks, counts, storedAt, outcome });
  if (sliceFinished) {
    await log.publish('slices.finished', [{ key: jobId, partition: 0, value: SliceFinished.encode({ tenant, jobId, slice }).finish() }]);
  }
  return { tenant, jobId, slice, sliceFinished };
}
