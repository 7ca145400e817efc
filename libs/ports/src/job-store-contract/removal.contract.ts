import { noOutcomes } from '@advocate/domain';
import { buildJob } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import type { JobEnding, JobStore } from '../job-store.ts';
import type { OpenJobStore } from './test-support.ts';
import { ending, outcome, slice } from './test-support.ts';

/** What is left of a job when its files had their time, and when it was removed. */
export function removalContract(open: OpenJobStore): void {
  describe('the files of jobs', () => {
    const { dateExpires } = ending;

    test('have had their time at the date that their job’s end gave, and those due first are named first', async () => {
      const { store, peer } = await open();
      const ends: Record<string, number> = { late: dateExpires + 5, early: dateExpires - 5, due: dateExpires };
      for (const [id, date] of Object.entries(ends)) {
        await store.create(buildJob({ id, tenant: id }), undefined);
        await store.finish(id, id, { ...ending, dateExpires: date });
      }
      await store.create(buildJob({ id: 'pending' }), undefined);
      const expired = async (now: number, limit = 10) => (await peer.expired(now, limit)).map(({ id }) => id);
      expect(await expired(dateExpires - 6)).toEqual([]);
      expect(await expired(dateExpires)).toEqual(['early', 'due']);
      expect(await expired(Number.MAX_SAFE_INTEGER)).toEqual(['early', 'due', 'late']);
      expect(await expired(Number.MAX_SAFE_INTEGER, 1)).toEqual(['early']);
    });

    test('go with the outcomes of their job and of no other, and the job stays with its counts', async () => {
      const { store, peer } = await open();
      for (const id of ['job-1', 'other']) {
        await store.create(buildJob({ id }), undefined);
        await store.putSlice(id, slice(0));
        await store.putOutcome({ ...outcome(0, 0), jobId: id });
        await store.finish('acme', id, ending);
      }
      const ended = await store.get('acme', 'job-1');
      for (const writer of [store, peer]) await writer.expire('acme', 'job-1');
      expect(await peer.outcomes('job-1', 0)).toEqual([]);
      expect(await peer.outcomes('other', 0)).toHaveLength(1);
      expect(await peer.get('acme', 'job-1')).toEqual({ ...ended, filesRemoved: true });
      expect((await peer.expired(dateExpires, 10)).map(({ id }) => id)).toEqual(['other']);
      expect(await peer.slices('job-1')).toEqual([]);
      expect(await peer.putOutcome(outcome(0, 0, 1)), 'an outcome that comes again is dropped').toEqual({ sliceFinished: false });
      expect(await store.outcomes('job-1', 0)).toEqual([]);
      await store.eventPublished('acme', 'job-1');
      expect((await peer.expired(dateExpires, 10)).map(({ id }) => id)).toEqual(['other']);
    });

    test('are of no other tenant’s job', async () => {
      const { store, peer } = await open();
      await store.create(buildJob(), undefined);
      await store.putOutcome(outcome(0, 0));
      await store.finish('acme', 'job-1', ending);
      await peer.expire('other', 'job-1');
      expect(await store.outcomes('job-1', 0)).toHaveLength(1);
      expect((await store.get('acme', 'job-1'))?.filesRemoved).toBeUndefined();
    });

    test('are used by a job from its creation until they are noted as removed, its upload and its copy alike', async () => {
      const { store, peer } = await open();
      const start = { offset: 0, recordNumber: 1, line: 1 };
      const source = { name: 'imports/acme/a.utf8.csv', bytes: 10, start };
      await store.create(buildJob({ id: 'job-1', fileRef: 'imports/acme/a.csv', source }), undefined);
      await store.create(
        buildJob({ id: 'job-2', fileRef: 'imports/acme/a.csv', source: { ...source, name: 'imports/acme/a.csv' } }),
        undefined,
      );
      const used = () => Promise.all(['imports/acme/a.csv', source.name, 'imports/acme/b.csv'].map((name) => peer.usesFile(name)));
      expect(await used()).toEqual([true, true, false]);
      for (const id of ['job-1', 'job-2']) await store.finish('acme', id, ending);
      expect(await used()).toEqual([true, true, false]);
      expect(await peer.usesFile(source.name, 'job-1')).toBe(false);
      expect(await peer.usesFile('imports/acme/a.csv', 'job-1')).toBe(true);
      await store.expire('acme', 'job-1');
      expect(await used()).toEqual([true, false, false]);
      expect(await peer.usesFile('imports/acme/a.csv', 'job-2')).toBe(false);
      await store.expire('acme', 'job-2');
      expect(await used()).toEqual([false, false, false]);
    });
  });

  describe('a removed job', () => {
    const finish = async (store: JobStore, id: string, status: JobEnding['status'] = 'COMPLETED') => {
      await store.finish('acme', id, { ...ending, status });
      await store.eventPublished('acme', id);
    };

    test('is gone with its slices and outcomes, and nothing of another job is', async () => {
      const { store, peer } = await open();
      for (const id of ['job-1', 'job-2']) {
        await store.create(buildJob({ id }), undefined);
        await store.putSlice(id, slice(0));
        await store.putOutcome({ ...outcome(0, 0), jobId: id });
        await finish(store, id);
      }
      expect(await store.wasRemoved('acme', 'job-1')).toBe(false);
      expect(await peer.remove('acme', 'job-1')).toBe(true);
      expect(await store.get('acme', 'job-1')).toBeUndefined();
      expect((await store.list('acme', 10)).map(({ id }) => id)).toEqual(['job-2']);
      expect(await store.unfinished()).toEqual([]);
      expect(await store.expired(ending.dateExpires, 10)).toHaveLength(1);
      expect(await store.slices('job-1')).toEqual([]);
      expect(await store.outcomes('job-1', 0)).toEqual([]);
      expect(await store.progress('job-1')).toEqual({ counts: noOutcomes, bytes: 0 });
      expect(await store.history('job-1')).toEqual([]);
      expect(await peer.slices('job-2')).toHaveLength(1);
      expect(await peer.outcomes('job-2', 0)).toHaveLength(1);
    });

    test('is removed again without an error, and nothing that comes late brings it back', async () => {
      const { store, peer } = await open();
      await store.create(buildJob(), undefined);
      await finish(store, 'job-1', 'ABORTED');
      expect(await Promise.all([store.remove('acme', 'job-1'), peer.remove('acme', 'job-1')])).toEqual([true, true]);
      expect(await store.remove('acme', 'job-1')).toBe(true);
      expect(await store.remove('acme', 'no job')).toBe(true);
      expect(await peer.resume('acme', 'job-1')).toBeUndefined();
      expect(await peer.advance('acme', 'job-1', { cancelRequested: true })).toBeUndefined();
      expect(await peer.finish('acme', 'job-1', ending)).toBe(false);
      expect(await peer.lease('acme', 'job-1', { holder: 'one', until: 10 }, 0)).toBe(false);
      await peer.mailSent('acme', 'job-1');
      expect(await peer.putOutcome(outcome(0, 0, 1))).toEqual({ sliceFinished: false });
      expect(await store.outcomes('job-1', 0)).toEqual([]);
      expect(await store.progress('job-1')).toEqual({ counts: noOutcomes, bytes: 0 });
      expect(await peer.get('acme', 'job-1')).toBeUndefined();
    });

    test('leaves its request id free, and its own id taken', async () => {
      const { store, peer } = await open();
      await store.create(buildJob({ id: 'job-1' }), 'request');
      await finish(store, 'job-1');
      await store.remove('acme', 'job-1');
      expect(await peer.ofRequest('acme', 'request')).toBeUndefined();
      expect(await peer.wasRemoved('acme', 'job-1')).toBe(true);
      expect(await peer.wasRemoved('other', 'job-1')).toBe(false);
      const next = buildJob({ id: 'job-2' });
      expect(await peer.wasRemoved('acme', 'job-2')).toBe(false);
      expect(await peer.create(next, 'request')).toEqual(next);
      expect(await store.ofRequest('acme', 'request')).toEqual(next);
    });

    test('had ended, and owed no event any more', async () => {
      const { store, peer } = await open();
      await store.create(buildJob(), undefined);
      expect(await peer.remove('acme', 'job-1'), 'it is PENDING').toBe(false);
      await store.finish('acme', 'job-1', ending);
      expect(await peer.remove('acme', 'job-1'), 'its event is owed').toBe(false);
      expect(await peer.remove('other', 'job-1'), 'another tenant has no such job').toBe(true);
      await store.eventPublished('acme', 'job-1');
      expect(await store.get('acme', 'job-1')).toMatchObject({ status: 'COMPLETED' });
      expect(await peer.remove('acme', 'job-1')).toBe(true);
    });

    test('owes no mail any more, also one that was being sent', async () => {
      const { store, peer } = await open();
      for (const id of ['job-1', 'job-2']) {
        await store.create(buildJob({ id, mailtoEmail: 'ann@example.com' }), undefined);
        await finish(store, id);
      }
      const lease = { holder: 'one', until: 10 };
      await store.takeMail('acme', 'job-2', lease, 0);
      for (const id of ['job-1', 'job-2']) {
        expect(await peer.remove('acme', id)).toBe(true);
        expect(await store.takeMail('acme', id, lease, 0)).toBeUndefined();
        await store.mailSent('acme', id);
        expect(await store.get('acme', id)).toBeUndefined();
        expect(await store.wasRemoved('acme', id)).toBe(true);
      }
      expect(await store.unfinished()).toEqual([]);
    });
  });
}
