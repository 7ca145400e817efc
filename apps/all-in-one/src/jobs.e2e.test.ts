import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImportJob } from '@advocate/contracts';
import { ListImportJobsRequest } from '@advocate/contracts';
import { dumpStore } from './testing/dump-store.ts';
import { holdWrites } from './testing/hold-writes.ts';
import { peek } from './testing/peek.ts';
import { spawnSuite } from './testing/spawn-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import { parent, refusal, until } from './testing/suite-client.ts';

const usersOf = (rows: number): string =>
  `accountId,id\n${Array.from({ length: rows }, (_, index) => `account-${index},user`).join('\n')}\n`;

describe('a request is served once', () => {
  test('the same request id answers the same job, at once, later and after a restart', async () => {
    const dataDir = await temporaryFolder();
    let first: ImportJob;
    {
      await using suite = await startSuite({ dataDir });
      const { client } = suite;
      const { fileRef } = await client.upload(usersOf(10));
      const together = await Promise.all([1, 2, 3].map(() => client.create(fileRef, { requestId: 'once' })));
      expect(new Set(together.map(({ name }) => name)).size).toBe(1);
      [first] = together as [ImportJob];
      await client.ended(first.name);
      expect(await client.create(fileRef, { requestId: 'once', displayName: 'Something else' })).toMatchObject({
        name: first.name,
        displayName: '',
      });
    }
    await using suite = await startSuite({ dataDir });
    const { client } = suite;
    expect(await client.create(first.fileRef, { requestId: 'once' })).toMatchObject({
      name: first.name,
      status: 'COMPLETED',
      stats: { created: 10 },
    });
    expect((await client.ask('listImportJobs', ListImportJobsRequest.fromPartial({ parent }))).importJobs).toHaveLength(1);
    const other = await client.create(first.fileRef, { requestId: 'twice' });
    expect(other.name).not.toBe(first.name);
    expect(await client.ended(other.name)).toMatchObject({ stats: { created: 0, unchanged: 10 } });
  });

  test('without a request id each request is a job', async () => {
    await using suite = await startSuite();
    const { fileRef } = await suite.client.upload(usersOf(1));
    const one = await suite.client.create(fileRef);
    const other = await suite.client.create(fileRef);
    expect(one.name).not.toBe(other.name);
    expect(one.id).toMatch(/^[0-9a-f]{24}$/);
  });
});

describe('a validation', () => {
  test('reports the rows that would fail, and neither applies anything nor makes a job', async () => {
    const dataDir = await temporaryFolder();
    {
      await using suite = await startSuite({ dataDir });
      const bad = Array.from({ length: 150 }, (_, index) => `account,user-${index},nowhere`).join('\n');
      const { job, validation } = await suite.client.validate(
        `accountId,id,email,colour\naccount,,\n${bad}\naccount,user,user@example.com\n`,
        {
          requestId: 'validated',
        },
      );
      expect(job).toMatchObject({ name: '', id: '', status: 'PENDING', warnings: ["Column 'colour' is not known and is ignored."] });
      expect(validation).toMatchObject({ recordsRead: 152, recordsInvalid: 151 });
      expect(validation.firstErrors).toHaveLength(100);
      expect(validation.firstErrors.slice(0, 2)).toEqual([
        {
          recordNumber: 2,
          message: 'This request requires a valid non-empty id',
          apiErrorCode: 'BAD_REQUEST',
          statusCode: 400,
          column: 'id',
        },
        {
          recordNumber: 3,
          message: 'The provided email field is an invalid email address.',
          apiErrorCode: 'BAD_REQUEST',
          statusCode: 400,
          column: 'email',
        },
      ]);
      expect((await suite.client.ask('listImportJobs', ListImportJobsRequest.fromPartial({ parent }))).importJobs).toEqual([]);
    }
    expect(dumpStore(dataDir)).toEqual([]);
  });
});

describe('a job that is cancelled', () => {
  const rows = 60_000;

  test('ends after the slices in flight: their rows stay applied and are in its results', async () => {
    const dataDir = await temporaryFolder();
    let created: number;
    {
      await using suite = await startSuite({ dataDir, partitions: 3, consumers: 2 });
      const { client } = suite;
      const held = holdWrites(dataDir, 'participants.db');
      const { name, id } = await client.start(usersOf(rows));
      await until(() => peek(dataDir, id).slices === 7 || undefined, 'all slices in flight that may be');
      expect((await client.ask('cancelImportJob', { name })).importJob).toMatchObject({ status: 'PENDING' });
      held[Symbol.dispose]();
      const { job, results, errors } = await client.outcome(name);
      ({ created } = job.stats ?? { created: 0 });
      expect(job).toMatchObject({ status: 'CANCELLED', stats: { recordsProcessed: 47_500, created: 47_500, errors: 0 } });
      expect(errors).toBeUndefined();
      const lines = results?.trimEnd().split('\n').slice(1) ?? [];
      expect(lines.map((line) => line.split(',')[1])).toEqual(Array.from({ length: 47_500 }, (_, index) => `account-${index}`));
      expect((await client.ask('cancelImportJob', { name })).importJob, 'cancelled again').toEqual(job);
      expect(await suite.importFile(usersOf(10))).toMatchObject({ job: { status: 'COMPLETED', stats: { unchanged: 10 } } });
    }
    expect(dumpStore(dataDir).filter((line) => line.startsWith('account '))).toHaveLength(created);
  });

  test('and then crashes still has the rows in its results that were applied', async () => {
    const dataDir = await temporaryFolder();
    let name: string;
    {
      await using suite = await spawnSuite(dataDir, { partitions: 3, consumers: 2 });
      const { client } = suite;
      const heldParticipants = holdWrites(dataDir, 'participants.db');
      const { name: started, id } = await client.start(usersOf(rows));
      name = started;
      await until(() => peek(dataDir, id).slices === 7 || undefined, 'all slices in flight that may be');
      await client.ask('cancelImportJob', { name });
      using _heldJobs = holdWrites(dataDir, 'jobs.db');
      heldParticipants[Symbol.dispose]();
      await until(() => peek(dataDir, id).decisions > 0 || undefined, 'a chunk is applied');
      expect(peek(dataDir, id).outcomes).toBe(0);
      await suite.kill();
    }
    let result;
    {
      await using suite = await startSuite({ dataDir, consumers: 2 });
      result = await suite.client.outcome(name);
    }
    expect(result.job).toMatchObject({ status: 'CANCELLED' });
    const applied = dumpStore(dataDir).filter((line) => line.startsWith('account '));
    expect(applied.length).toBeGreaterThan(0);
    expect(result.job.stats?.created).toBe(applied.length);
    expect(result.results?.trimEnd().split('\n').slice(1)).toHaveLength(applied.length);
  });

  test('while it claims codes applies nothing', async () => {
    const dataDir = await temporaryFolder();
    {
      await using suite = await startSuite({ dataDir });
      const held = holdWrites(dataDir, 'participants.db');
      const { name, id } = await suite.client.start(
        `accountId,id,referralCodes.default\n${Array.from({ length: 25_000 }, (_, n) => `account,user-${n},C${n}\n`).join('')}`,
      );
      await until(() => peek(dataDir, id).phase === 'claiming' || undefined, 'claiming');
      await suite.client.ask('cancelImportJob', { name });
      held[Symbol.dispose]();
      expect(await suite.client.outcome(name)).toMatchObject({
        job: { status: 'CANCELLED', stats: { recordsProcessed: 0 } },
        results: undefined,
      });
    }
    expect(dumpStore(dataDir), 'claims included').toEqual([]);
  });
});

describe('a job can be followed', () => {
  test('by a watch that tells at least once a second while rows are applied, and last the final status', async () => {
    const rows = 120_000;
    await using suite = await startSuite();
    const { name } = await suite.client.start(usersOf(rows));
    const told: { readonly job: ImportJob; readonly at: number }[] = [];
    for await (const job of suite.client.watch(name)) told.push({ job, at: performance.now() });
    expect(told.at(-1)?.job).toMatchObject({ status: 'COMPLETED', stats: { recordsProcessed: rows, created: rows } });
    expect(told.slice(0, -1).every(({ job }) => job.status === 'PENDING')).toBe(true);
    const processed = told.map(({ job }) => job.stats?.recordsProcessed ?? -1);
    expect(processed).toEqual(processed.toSorted((one, other) => one - other));
    expect(new Set(processed).size, 'steps between nothing and all').toBeGreaterThan(2);
    const bytes = told.map(({ job }) => job.stats?.bytesProcessed ?? -1);
    expect(bytes).toEqual(bytes.toSorted((one, other) => one - other));
    const moving = told.filter((_, index) => processed[index]! > 0 && processed[index]! < rows);
    const pauses = moving.slice(1).map(({ at }, index) => at - (moving[index]?.at ?? 0));
    expect(Math.max(...pauses)).toBeLessThan(1_000);
    expect(await Array.fromAsync(suite.client.watch(name)), 'a watch of a job that has ended').toEqual([told.at(-1)?.job]);
  });

  test('by pages of the list, newest first', async () => {
    let now = 1_767_225_600_000;
    await using suite = await startSuite({ now: () => (now += 1) });
    const { client } = suite;
    const { fileRef } = await client.upload(usersOf(1));
    const names: string[] = [];
    for (let count = 0; count < 25; count += 1) names.unshift((await client.create(fileRef)).name);
    const pages: string[][] = [];
    let pageToken = '';
    do {
      const page = await client.ask(
        'listImportJobs',
        ListImportJobsRequest.fromPartial({ parent, pageSize: pages.length === 0 ? 0 : 2, pageToken }),
      );
      pages.push(page.importJobs.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(pages.map(({ length }) => length)).toEqual([20, 2, 2, 1]);
    expect(pages.flat()).toEqual(names);
    expect((await client.ask('listImportJobs', ListImportJobsRequest.fromPartial({ parent: 'tenants/other' }))).importJobs).toEqual([]);
    expect(await refusal(client.ask('listImportJobs', ListImportJobsRequest.fromPartial({ parent, pageSize: -1 })))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'page_size must not be negative.',
    });
    expect(
      await refusal(client.ask('listImportJobs', ListImportJobsRequest.fromPartial({ parent, pageSize: 1, pageToken: 'nonsense' }))),
    ).toEqual({
      code: 'INVALID_ARGUMENT',
      message: "'nonsense' is no page token; start again without one.",
    });
  });
});

describe('the files of a job', () => {
  test('can be fetched by kind; a missing one says why it is missing', async () => {
    await using suite = await startSuite();
    const { client } = suite;
    const content = 'accountId,id,email\naccount,user,user@example.com\n';
    const held = holdWrites(suite.dataDir, 'participants.db');
    const { name, id, fileRef } = await client.start(content, { filename: 'My users (2).csv' });
    expect(fileRef).toMatch(/^imports\/default\/My-users-2-_[0-9a-f]{24}\.csv$/);
    const left = join(suite.dataDir, 'files', 'results', 'default', `${id}.results.csv`);
    mkdirSync(dirname(left), { recursive: true });
    writeFileSync(left, 'what a crash left');
    for (const kind of ['RESULTS', 'ERRORS'] as const) {
      expect(await refusal(client.download(name, kind))).toEqual({
        code: 'NOT_FOUND',
        message: `Job ${id} is not finished; its files are written at the end.`,
      });
    }
    held[Symbol.dispose]();
    await client.ended(name);
    expect(await client.download(name, 'SOURCE')).toEqual({ filename: fileRef.split('/').at(-1), content: Buffer.from(content) });
    const results = await client.download(name, 'RESULTS');
    expect(results.filename).toBe(`${id}.results.csv`);
    expect(results.content.toString()).toMatch(/^id,accountId,/);
    expect(await refusal(client.download(name, 'ERRORS'))).toEqual({
      code: 'NOT_FOUND',
      message: `Job ${id} has no errors file: no row failed.`,
    });
    expect(await refusal(client.download(name, 'KIND_UNSPECIFIED'))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'Say which file: RESULTS, ERRORS, FAILED_ROWS or SOURCE.',
    });
    const failing = await suite.importFile('accountId,id\n,user\n');
    expect(await refusal(client.download(failing.job.name, 'RESULTS'))).toEqual({
      code: 'NOT_FOUND',
      message: `Job ${failing.job.id} has no results file: no row succeeded.`,
    });
    expect((await client.download(failing.job.name, 'ERRORS')).filename).toBe(`${failing.job.id}.errors.csv`);
  });

  test('of a job that is not there cannot be fetched, and the job neither watched nor cancelled', async () => {
    await using suite = await startSuite();
    const { client } = suite;
    const name = `${parent}/importJobs/0123456789abcdef01234567`;
    const notFound = { code: 'NOT_FOUND', message: `There is no job ${name}. List the tenant's jobs to find it.` };
    expect(await refusal(client.job(name))).toEqual(notFound);
    expect(await refusal(client.ended(name))).toEqual(notFound);
    expect(await refusal(client.ask('cancelImportJob', { name }))).toEqual(notFound);
    expect(await refusal(client.download(name, 'RESULTS'))).toEqual(notFound);
    expect(await refusal(client.job('importJobs/1'))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: "name is 'importJobs/1', but must look like 'tenants/{tenant}/importJobs/{importJob}', each part %-escaped.",
    });
  });
});

describe('a job that cannot be ended', () => {
  test('holds up no other, and ends once it can be', async () => {
    const dataDir = await temporaryFolder();
    let name: string;
    let obstacle: string;
    {
      await using suite = await startSuite({ dataDir });
      const held = holdWrites(dataDir, 'participants.db');
      const job = await suite.client.start(usersOf(3));
      ({ name } = job);
      obstacle = join(dataDir, 'files', 'results', 'default', `${job.id}.results.csv`);
      mkdirSync(join(obstacle, 'in the way'), { recursive: true });
      held[Symbol.dispose]();
      await until(() => peek(dataDir, job.id).phase === 'writing' || undefined, 'its rows are applied');
      expect(await suite.importFile(usersOf(3))).toMatchObject({ job: { status: 'COMPLETED', stats: { unchanged: 3 } } });
      expect(await suite.client.job(name)).toMatchObject({ status: 'PENDING' });
    }
    rmSync(obstacle, { recursive: true });
    await using suite = await startSuite({ dataDir });
    expect(await suite.client.outcome(name)).toMatchObject({ job: { status: 'COMPLETED', stats: { created: 3 } } });
  });
});
