import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { noOutcomes } from '@advocate/domain';
import { jobStoreContract } from '@advocate/ports/contracts';
import { buildJob } from '@advocate/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './database.ts';
import { jobMigrations } from './job-schema.ts';
import { openSqliteJobStore } from './sqlite-job-store.ts';

jobStoreContract('SQLite', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'jobs-'));
  const file = join(dir, 'jobs.db');
  const store = openSqliteJobStore(file);
  const peer = openSqliteJobStore(file);
  return {
    store,
    peer,
    async [Symbol.asyncDispose]() {
      peer[Symbol.dispose]();
      store[Symbol.dispose]();
      await rm(dir, { recursive: true });
    },
  };
});

async function temporaryFile(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'jobs-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return join(dir, 'jobs.db');
}

test('a database file keeps everything when it is closed and opened again', async () => {
  const file = await temporaryFile();
  const slice = { index: 0, start: { offset: 0, recordNumber: 2, line: 2 }, bytes: 1000, records: 2, partitions: [3] };
  {
    using store = openSqliteJobStore(file);
    await store.create(buildJob(), 'request');
    await store.advance('acme', 'job-1', { cut: { slices: 1, records: 2 } });
    await store.putSlice('job-1', slice);
    const counts = { ...noOutcomes, created: 2 };
    await store.putOutcome({
      ...{ tenant: 'acme', jobId: 'job-1', slice: 0, partition: 3, sliceChunks: 1, counts, storedAt: 5 },
      outcome: Uint8Array.of(1, 2),
    });
  }
  using store = openSqliteJobStore(file);
  const job = buildJob({ cut: { slices: 1, records: 2 } });
  expect(await store.unfinished()).toEqual([job]);
  expect(await store.ofRequest('acme', 'request')).toEqual(job);
  expect(await store.slices('job-1')).toEqual([{ ...slice, finished: true }]);
  expect((await store.outcomes('job-1', 0)).map((bytes) => [...bytes])).toEqual([[1, 2]]);
  expect(await store.progress('job-1')).toEqual({ counts: { ...noOutcomes, created: 2 }, bytes: 1000 });
});

test('a database file of the first version keeps its jobs, those that owe a mail, and the files of ended ones for the time that was promised', async () => {
  const file = await temporaryFile();
  {
    using database = openDatabase(file, jobMigrations.slice(0, 1), 1);
    const insert = database.prepare('INSERT INTO job (id, tenant, status, mail_owed, accepted_at, document) VALUES (?, ?, ?, ?, ?, ?)');
    for (const id of ['job-1', 'job-2']) {
      const job = buildJob({ id, mailOwed: id === 'job-2', status: 'COMPLETED', dateCompleted: 1000 });
      insert.run(id, job.tenant, job.status, Number(job.mailOwed), 1, JSON.stringify(job));
    }
  }
  using store = openSqliteJobStore(file);
  expect((await store.unfinished()).map(({ id }) => id)).toEqual(['job-2']);
  expect(await store.lease('acme', 'job-1', { holder: 'one', until: 10 }, 0)).toBe(true);
  const expires = 1000 + 30 * 24 * 3600 * 1000;
  expect(await store.expired(expires - 1, 10)).toEqual([]);
  expect((await store.expired(expires, 10)).map(({ dateExpires }) => dateExpires)).toEqual([expires, expires]);
});

test('a database file of a newer version is refused, with what to do', async () => {
  const file = await temporaryFile();
  openSqliteJobStore(file)[Symbol.dispose]();
  {
    using database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
  }
  expect(() => openSqliteJobStore(file)).toThrow(
    `${file} was written by a newer version of Advocate Bulk (schema 99, this version knows ${jobMigrations.length}). Run that version.`,
  );
});
