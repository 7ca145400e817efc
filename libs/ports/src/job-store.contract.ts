import type { OutcomeCounts, Slice } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import { buildJob } from '@advocate/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JobEnding, JobFilter, JobStore, StoredOutcome } from './job-store.ts';

export interface JobStoreUnderTest extends AsyncDisposable {
  readonly store: JobStore;
  /** The same data as another process sees it. */
  readonly peer: JobStore;
}

const timeout = 60_000;

/** The promises of {@link JobStore}. `create` answers an empty store. */
export function jobStoreContract(name: string, create: () => Promise<JobStoreUnderTest>): void {
  describe(`${name} as a job store`, { timeout }, () => {
    const open = async () => {
      const opened = await create();
      onTestFinished(() => opened[Symbol.asyncDispose]());
      return opened;
    };

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
        for (const id of ['a', 'b', 'd', 'e'])
          await store.finish('acme', id, { ...ending, status: id === 'e' ? 'CANCELLED' : 'COMPLETED' });
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

    describe('the lease of a job', () => {
      test('is taken by one holder, who renews it, and by another only once it has run out', async () => {
        const { store, peer } = await open();
        await store.create(buildJob(), undefined);
        expect(await store.lease('acme', 'job-1', { holder: 'one', until: 100 }, 0)).toBe(true);
        expect(await peer.lease('acme', 'job-1', { holder: 'other', until: 200 }, 99)).toBe(false);
        expect(await peer.lease('acme', 'job-1', { holder: 'one', until: 150 }, 99)).toBe(true);
        expect(await store.lease('acme', 'job-1', { holder: 'other', until: 250 }, 149)).toBe(false);
        expect(await store.lease('acme', 'job-1', { holder: 'other', until: 250 }, 150)).toBe(true);
        expect(await peer.lease('acme', 'job-1', { holder: 'one', until: 300 }, 150)).toBe(false);
      });

      test('is renewed by its holder even when it has run out and nobody took it', async () => {
        const { store, peer } = await open();
        await store.create(buildJob(), undefined);
        await store.lease('acme', 'job-1', { holder: 'one', until: 100 }, 0);
        expect(await peer.lease('acme', 'job-1', { holder: 'one', until: 300 }, 200)).toBe(true);
        expect(await store.lease('acme', 'job-1', { holder: 'other', until: 400 }, 200)).toBe(false);
      });

      test('is given back by its holder by a lease until now', async () => {
        const { store, peer } = await open();
        await store.create(buildJob(), undefined);
        await store.lease('acme', 'job-1', { holder: 'one', until: 100 }, 0);
        expect(await store.lease('acme', 'job-1', { holder: 'one', until: 50 }, 50)).toBe(true);
        expect(await peer.lease('acme', 'job-1', { holder: 'other', until: 150 }, 50)).toBe(true);
      });

      test('is taken by one of two who try at a time', async () => {
        const { store, peer } = await open();
        for (let round = 0; round < 5; round += 1) {
          const id = `job-${round}`;
          await store.create(buildJob({ id }), undefined);
          const taken = await Promise.all([
            store.lease('acme', id, { holder: 'one', until: 100 }, 0),
            peer.lease('acme', id, { holder: 'other', until: 100 }, 0),
          ]);
          expect(taken.toSorted()).toEqual([false, true]);
        }
      });

      test('is one for each job, and there is none of a job that is not there', async () => {
        const { store, peer } = await open();
        for (const id of ['job-1', 'job-2']) await store.create(buildJob({ id }), undefined);
        expect(await store.lease('acme', 'job-1', { holder: 'one', until: 100 }, 0)).toBe(true);
        expect(await peer.lease('acme', 'job-2', { holder: 'other', until: 100 }, 0)).toBe(true);
        expect(await peer.lease('acme', 'no job', { holder: 'other', until: 100 }, 0)).toBe(false);
      });

      test('changes nothing of the job, and nothing that happens to the job changes it', async () => {
        const { store, peer } = await open();
        const job = buildJob({ mailtoEmail: 'ann@example.com' });
        await store.create(job, 'request');
        await store.lease('acme', 'job-1', { holder: 'one', until: 100 }, 0);
        expect(await peer.get('acme', 'job-1')).toEqual(job);
        expect(await peer.list('acme', 10)).toEqual([job]);
        expect(await peer.unfinished()).toEqual([job]);
        expect(await peer.ofRequest('acme', 'request')).toEqual(job);
        const isHeld = async () => !(await peer.lease('acme', 'job-1', { holder: 'other', until: 200 }, 50));
        await store.advance('acme', 'job-1', { dateStarted: 5 });
        expect(await isHeld()).toBe(true);
        await store.finish('acme', 'job-1', { ...ending, status: 'ABORTED' });
        await store.eventPublished('acme', 'job-1');
        await store.mailSent('acme', 'job-1');
        expect(await isHeld()).toBe(true);
        await store.resume('acme', 'job-1');
        expect(await isHeld()).toBe(true);
      });
    });

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

    describe('the mail of a job', () => {
      const mailtoEmail = 'ann@example.com';
      const one = { holder: 'one', until: 100 };
      const other = { holder: 'other', until: 200 };

      test('is taken by one holder, who may take it again, and by another only once that has run out', async () => {
        const { store, peer } = await open();
        await store.create(buildJob({ mailtoEmail }), undefined);
        await store.finish('acme', 'job-1', ending);
        expect(await store.takeMail('acme', 'job-1', one, 0)).toEqual(await peer.get('acme', 'job-1'));
        expect(await peer.takeMail('acme', 'job-1', other, 99)).toBeUndefined();
        expect(await peer.takeMail('acme', 'job-1', one, 99)).toMatchObject({ id: 'job-1', mailOwed: true });
        expect(await peer.takeMail('acme', 'job-1', other, 100)).toMatchObject({ id: 'job-1', mailOwed: true });
        expect(await store.takeMail('acme', 'job-1', one, 100)).toBeUndefined();
      });

      test('is taken by one of two who try at a time', async () => {
        const { store, peer } = await open();
        for (let round = 0; round < 5; round += 1) {
          const id = `job-${round}`;
          await store.create(buildJob({ id, mailtoEmail }), undefined);
          await store.finish('acme', id, ending);
          const taken = await Promise.all([store.takeMail('acme', id, one, 0), peer.takeMail('acme', id, other, 0)]);
          expect(taken.filter((job) => job !== undefined)).toHaveLength(1);
        }
      });

      test('is taken only while it is owed, and sending it leaves nothing of that', async () => {
        const { store, peer } = await open();
        await store.create(buildJob({ mailtoEmail }), undefined);
        expect(await store.takeMail('acme', 'job-1', one, 0)).toBeUndefined();
        await store.finish('acme', 'job-1', ending);
        const owing = await store.get('acme', 'job-1');
        expect(await store.takeMail('other', 'job-1', one, 0)).toBeUndefined();
        await store.takeMail('acme', 'job-1', one, 0);
        await peer.mailSent('acme', 'job-1');
        expect(await store.get('acme', 'job-1')).toEqual({ ...owing, mailOwed: false });
        for (const holder of [one, other]) expect(await store.takeMail('acme', 'job-1', holder, 1000)).toBeUndefined();
      });

      test('stays owed, as does the event, when those of an end before the last resumption have gone out late', async () => {
        const { store, peer } = await open();
        await store.create(buildJob({ mailtoEmail }), undefined);
        const abort = () => store.finish('acme', 'job-1', { ...ending, status: 'ABORTED' });
        for (const told of [undefined, 1]) {
          await abort();
          await store.resume('acme', 'job-1');
          await abort();
          await store.takeMail('acme', 'job-1', one, 0);
          const owing = await store.get('acme', 'job-1');
          await peer.eventPublished('acme', 'job-1', told);
          await peer.mailSent('acme', 'job-1', told);
          expect(owing).toMatchObject({ eventOwed: true, mailOwed: true, mailLease: one });
          expect(await store.get('acme', 'job-1')).toEqual(owing);
          await store.resume('acme', 'job-1');
        }
        await abort();
        await peer.eventPublished('acme', 'job-1', 4);
        await peer.mailSent('acme', 'job-1', 4);
        expect(await store.unfinished()).toEqual([]);
      });

      test('may be taken anew when the job was resumed and has ended again', async () => {
        const { store, peer } = await open();
        await store.create(buildJob({ mailtoEmail }), undefined);
        await store.finish('acme', 'job-1', { ...ending, status: 'ABORTED' });
        await store.takeMail('acme', 'job-1', one, 0);
        await store.resume('acme', 'job-1');
        await store.finish('acme', 'job-1', ending);
        expect(await peer.takeMail('acme', 'job-1', other, 1)).toMatchObject({ status: 'COMPLETED', resumptions: 1 });
      });
    });

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

    test('keeps a secret by its name, the same for two who ask at a time', async () => {
      const { store, peer } = await open();
      const secrets = await Promise.all([store, peer, store].map((asking) => asking.secret('links')));
      expect(new Set(secrets).size).toBe(1);
      expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
      expect(await peer.secret('links')).toBe(secrets[0]);
      expect(await peer.secret('other')).not.toBe(secrets[0]);
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
  });
}

const ending: JobEnding = {
  status: 'COMPLETED',
  dateCompleted: 1_900_000_000_000,
  dateExpires: 1_900_000_600_000,
  counts: { ...noOutcomes, created: 3, failed: 1 },
  ignoredFields: ['colour', 'shoeSize'],
  errorCauses: [{ message: 'The row has … cells', apiErrorCode: 'BAD_REQUEST', count: 1 }],
};

function slice(index: number, partitions: readonly number[] = [0, 1]): Slice {
  return {
    index,
    start: { offset: index * 1000, recordNumber: index * 10 + 2, line: index * 10 + 2 },
    bytes: 1000,
    records: 10,
    partitions,
  };
}

/** One created and one failed row, told apart by their place. */
function outcome(index: number, partition: number, sliceChunks = 2): StoredOutcome {
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

async function contents(store: JobStore, index: number): Promise<number[][]> {
  return (await store.outcomes('job-1', index)).map((bytes) => [...bytes]);
}
