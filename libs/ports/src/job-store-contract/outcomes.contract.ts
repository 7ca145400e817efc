import type { OutcomeCounts } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import { describe, expect, test } from 'vitest';
import type { OpenJobStore } from './test-support.ts';
import { contents, outcome, slice } from './test-support.ts';

/** The slices of a job and the outcomes of their chunks. */
export function outcomesContract(open: OpenJobStore): void {
  describe('slices and outcomes', () => {
    test('keeps slices by index, and each as it was first noted', async () => {
      const { store, peer } = await open();
      expect(await peer.slices('job-1')).toEqual([]);
      for (const index of [10, 9, 0, 2]) await store.putSlice('job-1', slice(index));
      await peer.putSlice('job-1', { ...slice(9), records: 1, partitions: [7] });
      await store.putSlice('job-2', slice(1));
      expect(await peer.slices('job-1')).toEqual([0, 2, 9, 10].map((index) => ({ ...slice(index), finished: false })));
      expect((await peer.slices('job-2')).map(({ index }) => index)).toEqual([1]);
    });

    test('finishes a slice with the last of its chunks, in whatever order they come', async () => {
      const { store, peer } = await open();
      for (const index of [0, 1]) await store.putSlice('job-1', slice(index, [0, 3, 11]));
      expect(await store.putOutcome(outcome(0, 11, 3))).toEqual({ sliceFinished: false });
      expect(await peer.putOutcome(outcome(1, 0, 3))).toEqual({ sliceFinished: false });
      expect(await peer.putOutcome(outcome(0, 0, 3))).toEqual({ sliceFinished: false });
      expect((await peer.slices('job-1')).map(({ finished }) => finished)).toEqual([false, false]);
      expect(await store.putOutcome(outcome(0, 3, 3))).toEqual({ sliceFinished: true });
      expect((await peer.slices('job-1')).map(({ finished }) => finished)).toEqual([true, false]);
    });

    test('stores an outcome once, and answers again how its slice stands', async () => {
      const { store, peer } = await open();
      await store.putSlice('job-1', slice(0, [0, 1]));
      await store.putOutcome(outcome(0, 0));
      const changed = { ...outcome(0, 0), outcome: Uint8Array.of(99), counts: { ...noOutcomes, failed: 50 } };
      expect(await peer.putOutcome(changed)).toEqual({ sliceFinished: false });
      await store.putOutcome(outcome(0, 1));
      expect(await peer.putOutcome(changed)).toEqual({ sliceFinished: true });
      expect(await contents(store, 0)).toEqual([
        [0, 0],
        [0, 1],
      ]);
      expect((await store.progress('job-1')).counts).toEqual({ created: 2, updated: 0, unchanged: 0, deleted: 0, failed: 2 });
    });

    test('answers the outcomes of a slice by partition', async () => {
      const { store, peer } = await open();
      await store.putSlice('job-1', slice(0, [0, 2, 9, 10, 100]));
      for (const partition of [100, 9, 0, 10, 2]) await store.putOutcome(outcome(0, partition));
      await store.putOutcome(outcome(1, 1));
      await store.putOutcome({ ...outcome(0, 1), jobId: 'job-2' });
      expect(await contents(peer, 0)).toEqual([0, 2, 9, 10, 100].map((partition) => [0, partition]));
      expect(await contents(peer, 7)).toEqual([]);
    });

    test('tells somebody that a slice is finished when its chunks come at a time', async () => {
      const { store, peer } = await open();
      const partitions = Array.from({ length: 12 }, (_, i) => i);
      await store.putSlice('job-1', slice(0, partitions));
      const told = await Promise.all(
        partitions.map((partition) => (partition % 2 === 0 ? store : peer).putOutcome(outcome(0, partition, 12))),
      );
      expect(told.some(({ sliceFinished }) => sliceFinished)).toBe(true);
      expect((await store.slices('job-1'))[0]?.finished).toBe(true);
      expect((await store.progress('job-1')).counts.created).toBe(12);
    });

    test('answers the outcomes of chunks that have failed rows, slice by slice in order', async () => {
      const { store, peer } = await open();
      const fine = { ...noOutcomes, created: 2 };
      for (const index of [10, 9, 2]) await store.putOutcome(outcome(index, 1));
      await store.putOutcome(outcome(9, 0));
      await store.putOutcome({ ...outcome(9, 2), counts: fine });
      await store.putOutcome({ ...outcome(3, 0), counts: fine });
      await store.putOutcome({ ...outcome(2, 5), jobId: 'job-10' });
      const slices = (await Array.fromAsync(peer.failures('job-1'))).map((chunks) => chunks.map((bytes) => [...bytes]));
      expect(slices).toEqual([
        [[2, 1]],
        [
          [9, 0],
          [9, 1],
        ],
        [[10, 1]],
      ]);
      expect(await Array.fromAsync(peer.failures('job-2'))).toEqual([]);
    });

    test('knows how far a job was when, by the first time that each outcome was stored', async () => {
      const { store, peer } = await open();
      expect(await peer.history('job-1')).toEqual([]);
      const counts = { created: 1, updated: 2, unchanged: 3, deleted: 4, failed: 5 };
      await store.putOutcome({ ...outcome(1, 0), storedAt: 3000, counts });
      await store.putOutcome({ ...outcome(0, 0), storedAt: 1000 });
      await store.putOutcome({ ...outcome(0, 1), storedAt: 1000 });
      await peer.putOutcome({ ...outcome(0, 1), storedAt: 9000 });
      await store.putOutcome({ ...outcome(0, 1), storedAt: 2000, jobId: 'job-2' });
      expect(await peer.history('job-1')).toEqual([
        { date: 1000, records: 4, failed: 2 },
        { date: 3000, records: 19, failed: 7 },
      ]);
    });

    test('counts rows over all outcomes stored so far, and the bytes of finished slices', async () => {
      const { store, peer } = await open();
      expect(await peer.progress('job-1')).toEqual({ counts: noOutcomes, bytes: 0 });
      await store.putSlice('job-1', { ...slice(0, [0, 1]), bytes: 100 });
      await store.putSlice('job-1', { ...slice(1, [1]), bytes: 5_000_000_000 });
      const counts = { created: 1, updated: 20, unchanged: 300, deleted: 4000, failed: 50_000 };
      await store.putOutcome({ ...outcome(0, 0), counts });
      expect(await peer.progress('job-1')).toEqual({ counts, bytes: 0 });
      await store.putOutcome({ ...outcome(1, 1), sliceChunks: 1, counts });
      expect((await peer.progress('job-1')).bytes).toBe(5_000_000_000);
      await store.putOutcome({ ...outcome(0, 1), counts: { ...noOutcomes, failed: 1 } });
      await store.putOutcome({ ...outcome(0, 0), jobId: 'job-2', counts });
      const total: OutcomeCounts = { created: 2, updated: 40, unchanged: 600, deleted: 8000, failed: 100_001 };
      expect(await peer.progress('job-1')).toEqual({ counts: total, bytes: 5_000_000_100 });
    });
  });
}
