import type { Job } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import { jobFiles } from '@advocate/messages';
import type { Engine } from '@advocate/ports';
import { createLogger } from '@advocate/service';
import { buildJob } from '@advocate/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { removeExpired } from '../application/remove-expired.ts';

const dayMs = 24 * 3600 * 1000;
const fileRetentionMs = 30 * dayMs;
/** The clock of the files is the system's. */
const now = Date.now();

const counts = { ...noOutcomes, created: 1, failed: 1 };
const ending = { status: 'COMPLETED', dateCompleted: now, counts, ignoredFields: [], errorCauses: [] } as const;

type Stores = Pick<Engine, 'jobs' | 'files' | 'participants' | 'webhooks'>;

/** What is promised of files that expire. `create` answers empty stores. */
export function expiryContract(name: string, create: () => Promise<Stores & AsyncDisposable>): void {
  describe(`on ${name}`, { timeout: 60_000 }, () => {
    const open = async () => {
      const stores = await create();
      onTestFinished(() => stores[Symbol.asyncDispose]());
      return stores;
    };

    test('the files and outcomes of a job go when the time that it was promised is over, and not before; the job stays with its counts', async () => {
      const stores = await open();
      const short = await endJob(stores, 'short', now + dayMs);
      const long = await endJob(stores, 'long', now + 60 * dayMs);
      await removeAt(stores, now + dayMs - 1);
      expect(await left(stores, [...namesOf(short), ...namesOf(long)])).toHaveLength(8);
      await removeAt(stores, now + dayMs);
      expect(await left(stores, namesOf(short))).toEqual([]);
      expect(await stores.jobs.outcomes('short', 0)).toEqual([]);
      expect(await stores.jobs.get('acme', 'short')).toMatchObject({
        counts: { created: 1, failed: 1 },
        filesRemoved: true,
        status: 'COMPLETED',
      });
      // Longer than what is kept by now: a job keeps what it was promised.
      await removeAt(stores, now + 60 * dayMs - 1);
      expect(await left(stores, namesOf(long))).toEqual(namesOf(long));
      expect(await stores.jobs.outcomes('long', 0)).toHaveLength(1);
      await removeAt(stores, now + 60 * dayMs);
      expect(await left(stores, namesOf(long))).toEqual([]);
    });

    test('an upload stays until the last of its jobs has had its time', async () => {
      const stores = await open();
      const fileRef = 'imports/acme/shared.csv';
      await endJob(stores, 'short', now + dayMs, fileRef);
      await endJob(stores, 'long', now + 50 * dayMs, fileRef);
      await removeAt(stores, now + dayMs);
      expect(await left(stores, [fileRef])).toEqual([fileRef]);
      await stores.jobs.create(buildJob({ id: 'pending', fileRef, source: { ...buildJob().source, name: fileRef } }), undefined);
      await removeAt(stores, now + 50 * dayMs);
      expect(await left(stores, [fileRef]), 'as a job reads it').toEqual([fileRef]);
    });

    test('uploads that never came to be a job, and results of no job, go when they are as old as files of jobs become', async () => {
      const stores = await open();
      const names = ['imports/acme/forgotten.csv', 'results/acme/gone.results.csv'];
      await write(stores, ...names);
      await removeAt(stores, now + fileRetentionMs - dayMs);
      expect(await left(stores, names)).toEqual(names);
      await removeAt(stores, now + fileRetentionMs + dayMs);
      expect(await left(stores, names)).toEqual([]);
    });

    test('decisions go when they are as old, but not while a job that was accepted as early goes on from them', async () => {
      const stores = await open();
      const { jobs, participants } = stores;
      const decide = (chunkId: string, date: number) =>
        participants.commit({ chunkId, tenant: 'acme', jobId: chunkId, accounts: [], outcome: Uint8Array.of(1), date });
      await jobs.create(buildJob({ plan: { acceptedAt: now } }), undefined);
      await decide('older', now - 1);
      await decide('of the job', now);
      await removeAt(stores, now + 2 * fileRetentionMs);
      expect(await participants.isCommitted('older')).toBe(false);
      expect(await participants.isCommitted('of the job')).toBe(true);
      await jobs.finish('acme', 'job-1', { ...ending, dateExpires: now + fileRetentionMs });
      await jobs.eventPublished('acme', 'job-1');
      await removeAt(stores, now + 2 * fileRetentionMs);
      expect(await participants.isCommitted('of the job')).toBe(false);
    });

    test('more jobs than are looked at a time all have their time ended', async () => {
      const stores = await open();
      for (let index = 0; index < 105; index += 1) {
        await stores.jobs.create(buildJob({ id: `job-${index}` }), undefined);
        await stores.jobs.finish('acme', `job-${index}`, { ...ending, dateExpires: now });
      }
      await removeAt(stores, now);
      expect(await stores.jobs.expired(now, 10)).toEqual([]);
    });
  });
}

const removeAt = (stores: Stores, time: number): Promise<void> =>
  removeExpired({ ...stores, fileRetentionMs, now: () => time, logger: createLogger('test', 'silent') });

async function write({ files }: Stores, ...names: readonly string[]): Promise<void> {
  for (const name of names) await files.write(name, [Buffer.from(name)].values() as unknown as AsyncIterable<Uint8Array>);
}

/** A job that has every kind of file, read from a copy, and an outcome. */
async function endJob(stores: Stores, id: string, dateExpires: number, fileRef = `imports/acme/${id}.csv`): Promise<Job> {
  const source = { name: fileRef.replace('.csv', `.utf8-${id}.csv`), bytes: 10, start: { offset: 0, recordNumber: 1, line: 1 } };
  const job = await stores.jobs.create(buildJob({ id, fileRef, source }), undefined);
  await write(stores, ...namesOf(job));
  await stores.jobs.putOutcome({
    ...{ tenant: 'acme', jobId: id, slice: 0, partition: 0, sliceChunks: 1, counts, storedAt: 0 },
    outcome: Buffer.from(id),
  });
  await stores.jobs.finish('acme', id, { ...ending, dateExpires });
  return job;
}

function namesOf(job: Job): string[] {
  const { results, errors, source } = jobFiles(job);
  return [results.stored, errors.stored, job.source.name, source.stored];
}

async function left({ files }: Stores, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map(async (name) => ((await files.stat(name)) === undefined ? [] : [name])));
  return found.flat();
}
