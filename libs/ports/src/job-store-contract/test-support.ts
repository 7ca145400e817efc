import type { Slice } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import type { JobEnding, JobStore, StoredOutcome } from '../job-store.ts';

export interface JobStoreUnderTest extends AsyncDisposable {
  readonly store: JobStore;
  /** The same data as another process sees it. */
  readonly peer: JobStore;
}

/** Opens an empty store until the end of the test. */
export type OpenJobStore = () => Promise<JobStoreUnderTest>;

export const ending: JobEnding = {
  status: 'COMPLETED',
  dateCompleted: 1_900_000_000_000,
  dateExpires: 1_900_000_600_000,
  counts: { ...noOutcomes, created: 3, failed: 1 },
  ignoredFields: ['colour', 'shoeSize'],
  errorCauses: [{ message: 'The row has … cells', apiErrorCode: 'BAD_REQUEST', count: 1 }],
};

export function slice(index: number, partitions: readonly number[] = [0, 1]): Slice {
  return {
    index,
    start: { offset: index * 1000, recordNumber: index * 10 + 2, line: index * 10 + 2 },
    bytes: 1000,
    records: 10,
    partitions,
  };
}

/** One created and one failed row, told apart by their place. */
export function outcome(index: number, partition: number, sliceChunks = 2): StoredOutcome {
  const counts = { ...noOutcomes, created: 1, failed: 1 };
  return {
    tenant: 'acme',
    jobId: 'job-1',
    slice: index,
    partition,
    sliceChunks,
    counts,
    storedAt: 1000 * index + partition,
    outcome: Uint8Array.of(index, partition),
  };
}

export async function contents(store: JobStore, index: number): Promise<number[][]> {
  return (await store.outcomes('job-1', index)).map((bytes) => [...bytes]);
}
