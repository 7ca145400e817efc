import { buildJob } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import type { JobEnding, JobStore } from '../job-store.ts';
import type { OpenJobStore } from './test-support.ts';
import { ending, outcome, slice } from './test-support.ts';

/** What happens to a job from its start to its end, and after that. */
export function lifeContract(open: OpenJobStore): void {
  describe('progress of a job', () => {
    test('adds up, and is answered', async () => {
      const { store, peer } = await open();
      const job = buildJob({ warnings: ['a column is ignored'] });
      await store.create(job, 'request');
      expect(await store.advance('acme', job.id, { dateStarted: 5 })).toEqual({ ...job, dateStarted: 5 });
      expect(await peer.advance('acme', job.id, { claimed: true, cut: { slices: 3, records: 40 } })).toMatchObject({ dateStarted: 5 });
      const noted = { cancelRequested: true, abortReason: 'gone' } as const;
      await store.advance('acme', job.id, noted);
      const expected = { ...job, ...noted, dateStarted: 5, claimed: true, cut: { slices: 3, records: 40 } };
      expect(await peer.get('acme', job.id)).toEqual(expected);
      expect(await peer.ofRequest('acme', 'request')).toEqual(expected);
      expect(await peer.advance('acme', 'no job', { claimed: true })).toBeUndefined();
    });

    test('of two writers at a time is not lost', async () => {
      const { store, peer } = await open();
      for (let round = 0; round < 5; round += 1) {
        const id = `job-${round}`;
        await store.create(buildJob({ id }), undefined);
        await Promise.all([
          store.advance('acme', id, { dateStarted: 5 }),
          peer.advance('acme', id, { cancelRequested: true }),
          store.advance('acme', id, { claimed: true }),
          peer.advance('acme', id, { cut: { slices: 1, records: 2 } }),
        ]);
        const expected = { dateStarted: 5, cancelRequested: true, claimed: true, cut: { slices: 1, records: 2 } };
        expect(await store.get('acme', id)).toMatchObject(expected);
      }
    });

    test('ends with the job: what is noted later changes nothing', async () => {
      const { store, peer } = await open();
      await store.create(buildJob(), undefined);
      await store.finish('acme', 'job-1', ending);
      const finished = await peer.get('acme', 'job-1');
      expect(await peer.advance('acme', 'job-1', { cancelRequested: true, abortReason: 'late' })).toEqual(finished);
      expect(await store.get('acme', 'job-1')).toEqual(finished);
    });
  });

  describe('the end of a job', () => {
    test.each(['COMPLETED', 'ABORTED', 'CANCELLED'] as const)('is kept: %s', async (status) => {
      const { store, peer } = await open();
      const job = buildJob();
      await store.create(job, undefined);
      expect(await store.finish('acme', 'job-1', { ...ending, status })).toBe(true);
      expect(await peer.get('acme', 'job-1')).toEqual({ ...job, ...ending, status, eventOwed: true });
    });

    test('comes once', async () => {
      const { store, peer } = await open();
      await store.create(buildJob(), undefined);
      expect(await store.finish('acme', 'job-1', ending)).toBe(true);
      const finished = await store.get('acme', 'job-1');
      expect(await peer.finish('acme', 'job-1', { ...ending, status: 'ABORTED', dateCompleted: 1 })).toBe(false);
      expect(await store.get('acme', 'job-1')).toEqual(finished);
      expect(await peer.finish('acme', 'no job', ending)).toBe(false);
    });

    test('is brought by one of two who try at a time', async () => {
      const { store, peer } = await open();
      for (let round = 0; round < 5; round += 1) {
        const id = `job-${round}`;
        await store.create(buildJob({ id }), undefined);
        const won = await Promise.all([
          store.finish('acme', id, { ...ending, dateCompleted: 1 }),
          peer.finish('acme', id, { ...ending, dateCompleted: 2 }),
        ]);
        expect(won.toSorted()).toEqual([false, true]);
        expect((await store.get('acme', id))?.dateCompleted).toBe(won[0] ? 1 : 2);
      }
    });

    test('leaves a mail owed until it is sent, if the job has an address', async () => {
      const { store, peer } = await open();
      await store.create(buildJob({ id: 'with', mailtoEmail: 'ann@example.com' }), undefined);
      await store.create(buildJob({ id: 'without' }), undefined);
      for (const id of ['with', 'without']) await store.finish('acme', id, ending);
      expect((await peer.get('acme', 'without'))?.mailOwed).toBe(false);
      const owing = await peer.get('acme', 'with');
      expect(owing?.mailOwed).toBe(true);
      for (const writer of [store, peer]) await writer.mailSent('acme', 'with');
      expect(await peer.get('acme', 'with')).toEqual({ ...owing, mailOwed: false });
    });

    test('leaves its event owed until it is published', async () => {
      const { store, peer } = await open();
      await store.create(buildJob({ mailtoEmail: 'ann@example.com' }), undefined);
      expect((await peer.get('acme', 'job-1'))?.eventOwed).toBe(false);
      await store.finish('acme', 'job-1', ending);
      const owing = await peer.get('acme', 'job-1');
      expect(owing).toMatchObject({ eventOwed: true, mailOwed: true });
      for (const writer of [store, peer]) await writer.eventPublished('acme', 'job-1');
      expect(await peer.get('acme', 'job-1')).toEqual({ ...owing, eventOwed: false });
    });
  });

  describe('a job that was aborted', () => {
    const aborted: JobEnding = { ...ending, status: 'ABORTED' };

    /** Has everything that a job can have come to. */
    async function abort(store: JobStore): Promise<void> {
      await store.advance('acme', 'job-1', { dateStarted: 5, claimed: true, cut: { slices: 2, records: 20 } });
      await store.advance('acme', 'job-1', { cancelRequested: true, abortReason: 'The file is gone.' });
      expect(await store.finish('acme', 'job-1', aborted)).toBe(true);
    }

    test('is pending again when it is resumed, as it was accepted, and counts how often', async () => {
      const { store, peer } = await open();
      const job = buildJob({ mailtoEmail: 'ann@example.com', warnings: ['a column is ignored'] });
      await store.create(job, 'request');
      for (const resumptions of [1, 2]) {
        await abort(store);
        const resumed = { ...job, resumptions };
        expect(await peer.resume('acme', 'job-1')).toEqual(resumed);
        expect(await store.get('acme', 'job-1')).toEqual(resumed);
        expect(await store.unfinished()).toEqual([resumed]);
      }
      expect(await store.ofRequest('acme', 'request')).toEqual({ ...job, resumptions: 2 });
      expect(await store.finish('acme', 'job-1', ending)).toBe(true);
      const ended = { ...job, ...ending, resumptions: 2, eventOwed: true, mailOwed: true };
      expect(await peer.get('acme', 'job-1')).toEqual(ended);
    });

    test('keeps its slices and outcomes when it is resumed', async () => {
      const { store, peer } = await open();
      await store.create(buildJob(), undefined);
      await store.putSlice('job-1', slice(0));
      await store.putSlice('job-1', slice(1));
      for (const partition of [0, 1]) await store.putOutcome(outcome(0, partition));
      await store.putOutcome(outcome(1, 0));
      const progress = await store.progress('job-1');
      await abort(store);
      await store.resume('acme', 'job-1');
      expect((await peer.slices('job-1')).map(({ finished }) => finished)).toEqual([true, false]);
      expect(await peer.progress('job-1')).toEqual(progress);
      expect(await peer.outcomes('job-1', 0)).toHaveLength(2);
      expect(await peer.expired(Infinity, 10), 'as it has not ended').toEqual([]);
      expect(await peer.putOutcome(outcome(1, 1))).toEqual({ sliceFinished: true });
    });

    test.each(['PENDING', 'COMPLETED', 'CANCELLED'] as const)('is the only one that is resumed: not one that is %s', async (status) => {
      const { store, peer } = await open();
      await store.create(buildJob(), undefined);
      if (status !== 'PENDING') await store.finish('acme', 'job-1', { ...ending, status });
      const before = await store.get('acme', 'job-1');
      expect(await peer.resume('acme', 'job-1')).toBeUndefined();
      expect(await peer.resume('acme', 'no job')).toBeUndefined();
      expect(await store.get('acme', 'job-1')).toEqual(before);
    });

    test('is resumed once by two who try at a time', async () => {
      const { store, peer } = await open();
      await store.create(buildJob(), undefined);
      await abort(store);
      const resumed = await Promise.all([store.resume('acme', 'job-1'), peer.resume('acme', 'job-1')]);
      expect(resumed.filter((job) => job !== undefined)).toHaveLength(1);
      expect((await store.get('acme', 'job-1'))?.resumptions).toBe(1);
    });
  });
}
