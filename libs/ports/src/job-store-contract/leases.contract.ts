import { buildJob } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import type { OpenJobStore } from './test-support.ts';
import { ending } from './test-support.ts';

/** Who may drive a job, and who may send its mail. */
export function leasesContract(open: OpenJobStore): void {
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
}
