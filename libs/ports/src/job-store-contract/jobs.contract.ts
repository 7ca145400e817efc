import { buildJob } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import type { JobFilter } from '../job-store.ts';
import type { OpenJobStore } from './test-support.ts';
import { ending } from './test-support.ts';

/** How jobs are created, found and listed. */
export function jobsContract(open: OpenJobStore): void {
  describe('jobs', () => {
    test('keeps a job as it was created', async () => {
      const { store, peer } = await open();
      const job = buildJob({
        displayName: 'Übernahme "Frühling" 🎉',
        mailtoEmail: 'ann@example.com',
        warnings: ['The column referrable is ignored.'],
        dateStarted: 0,
        plan: {
          columns: ['id', 'accountId', 'customFields.__proto__'],
          params: { programId: 'spring', segments: ['vip', '~*'], preserveEmptyAccounts: true, doNotTrack: true },
          linkDomains: ['example.com'],
        },
      });
      expect(await store.create(job, undefined)).toEqual(job);
      expect(await peer.get('acme', job.id)).toEqual(job);
      expect(await peer.get('acme', 'no job')).toBeUndefined();
    });

    test('shows a job to its own tenant only', async () => {
      const { store, peer } = await open();
      await store.create(buildJob({ id: 'job-1', tenant: 'acme' }), 'request');
      expect(await peer.get('other', 'job-1')).toBeUndefined();
      expect(await peer.list('other', 10)).toEqual([]);
      expect(await peer.ofRequest('other', 'request')).toBeUndefined();
      expect(await peer.advance('other', 'job-1', { dateStarted: 1 })).toBeUndefined();
      expect(await peer.finish('other', 'job-1', ending)).toBe(false);
      expect(await peer.resume('other', 'job-1')).toBeUndefined();
      expect(await peer.lease('other', 'job-1', { holder: 'one', until: 10 }, 0)).toBe(false);
      await peer.eventPublished('other', 'job-1');
      await peer.mailSent('other', 'job-1');
      expect(await peer.get('acme', 'job-1')).toEqual(buildJob({ id: 'job-1' }));
    });

    test('answers a request id that created a job with that job, and stores no other', async () => {
      const { store, peer } = await open();
      const first = buildJob({ id: 'job-1' });
      await store.create(first, 'request');
      expect(await peer.create(buildJob({ id: 'job-2' }), 'request')).toEqual(first);
      expect(await peer.ofRequest('acme', 'request')).toEqual(first);
      expect(await peer.ofRequest('acme', 'another')).toBeUndefined();
      expect(await peer.get('acme', 'job-2')).toBeUndefined();
    });

    test('answers a request id with the job as it is by now', async () => {
      const { store, peer } = await open();
      await store.create(buildJob({ id: 'job-1' }), 'request');
      const job = await store.advance('acme', 'job-1', { dateStarted: 5 });
      expect(await peer.create(buildJob({ id: 'job-2' }), 'request')).toEqual(job);
      expect(job?.dateStarted).toBe(5);
    });

    test('takes a request id for its tenant only, and a job without one always', async () => {
      const { store, peer } = await open();
      await store.create(buildJob({ id: 'job-1' }), 'request');
      expect((await store.create(buildJob({ id: 'job-2', tenant: 'other' }), 'request')).id).toBe('job-2');
      expect((await store.create(buildJob({ id: 'job-3' }), 'Request')).id).toBe('job-3');
      for (const id of ['job-4', 'job-5']) expect((await store.create(buildJob({ id }), undefined)).id).toBe(id);
      expect(await peer.list('acme', 10)).toHaveLength(4);
    });

    test('creates one job for a request that comes twice at a time', async () => {
      const { store, peer } = await open();
      const created = await Promise.all(
        [store, peer, store, peer].map((writer, i) => writer.create(buildJob({ id: `job-${i}` }), 'request')),
      );
      expect(new Set(created.map(({ id }) => id)).size).toBe(1);
      expect(await store.list('acme', 10)).toEqual([created[0]]);
    });

    test('lists jobs newest first, by acceptance and then by id, page by page', async () => {
      const { store, peer } = await open();
      const times: Record<string, number> = { c: 10, a: 30, d: 20, b: 20, e: 5 };
      for (const [id, acceptedAt] of Object.entries(times)) await store.create(buildJob({ id, plan: { acceptedAt } }), undefined);
      const ids = async (limit: number, after?: string) => {
        const filter = after === undefined ? {} : { after: { acceptedAt: times[after] ?? 0, id: after } };
        return (await peer.list('acme', limit, filter)).map(({ id }) => id);
      };
      expect(await ids(10)).toEqual(['a', 'd', 'b', 'c', 'e']);
      expect(await ids(2)).toEqual(['a', 'd']);
      expect(await ids(2, 'd')).toEqual(['b', 'c']);
      expect(await ids(2, 'c')).toEqual(['e']);
      expect(await ids(2, 'e')).toEqual([]);
    });

    test('lists the jobs that a filter lets through, each page after a place where no job need be any more', async () => {
      const { store, peer } = await open();
      const deletions = ['b', 'd', 'f'];
      for (const [index, id] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
        const type = deletions.includes(id) ? 'deletions' : 'users';
        await store.create(buildJob({ id, plan: { type, acceptedAt: 10 * index } }), undefined);
      }
      for (const id of ['a', 'b', 'd', 'e']) await store.finish('acme', id, { ...ending, status: id === 'e' ? 'CANCELLED' : 'COMPLETED' });
      const ids = async (filter: JobFilter, limit = 10) => (await peer.list('acme', limit, filter)).map(({ id }) => id);
      expect(await ids({ type: 'users' })).toEqual(['e', 'c', 'a']);
      expect(await ids({ type: 'deletions' })).toEqual(['f', 'd', 'b']);
      expect(await ids({ status: 'COMPLETED' })).toEqual(['d', 'b', 'a']);
      expect(await ids({ status: 'PENDING', type: 'users' })).toEqual(['c']);
      expect(await ids({ createdFrom: 20, createdBefore: 40 })).toEqual(['d', 'c']);
      expect(await ids({ createdFrom: 50, createdBefore: 50 })).toEqual([]);
      expect(await ids({ type: 'users', createdFrom: 10, status: 'CANCELLED' })).toEqual(['e']);
      expect(await ids({ type: 'deletions', after: { acceptedAt: 50, id: 'f' } }, 1)).toEqual(['d']);
      expect(await ids({ type: 'deletions', createdFrom: 10, createdBefore: 100, after: { acceptedAt: 30, id: 'd' } })).toEqual(['b']);
      expect(await ids({ after: { acceptedAt: 25, id: 'nobody' } })).toEqual(['c', 'b', 'a']);
      expect(await ids({ after: { acceptedAt: 20, id: 'd' } })).toEqual(['c', 'b', 'a']);
      expect(await ids({ after: { acceptedAt: 20, id: 'c' } })).toEqual(['b', 'a']);
    });

    test('names the unfinished jobs of all tenants, oldest first: those pending, and those that owe an event or a mail', async () => {
      const { store, peer } = await open();
      const mailtoEmail = 'ann@example.com';
      await store.create(buildJob({ id: 'pending', plan: { acceptedAt: 30 } }), undefined);
      await store.create(buildJob({ id: 'owes', mailtoEmail, plan: { acceptedAt: 20 } }), undefined);
      await store.create(buildJob({ id: 'sent', mailtoEmail, plan: { acceptedAt: 15 } }), undefined);
      await store.create(buildJob({ id: 'done', plan: { acceptedAt: 10 } }), undefined);
      await store.create(buildJob({ id: 'other', tenant: 'other', plan: { acceptedAt: 5 } }), undefined);
      const unfinished = async () => (await peer.unfinished()).map(({ id }) => id);
      for (const id of ['owes', 'sent', 'done']) await store.finish('acme', id, ending);
      await store.mailSent('acme', 'sent');
      expect(await unfinished()).toEqual(['other', 'done', 'sent', 'owes', 'pending']);
      for (const id of ['owes', 'sent', 'done']) await store.eventPublished('acme', id);
      expect(await unfinished()).toEqual(['other', 'owes', 'pending']);
      await store.mailSent('acme', 'owes');
      expect(await unfinished()).toEqual(['other', 'pending']);
    });
  });
}
