import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ListImportJobsRequest } from '@advocate/contracts';
import { dumpStore } from './testing/dump-store.ts';
import { holdWrites } from './testing/hold-writes.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite } from './testing/start-suite.ts';
import { parent, refusal, until } from './testing/suite-client.ts';

const filesOf = ({ dataDir }: Suite): string[] =>
  readdirSync(join(dataDir, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

/** Deletes a job once its event has gone out. */
async function remove({ client }: Suite, name: string): Promise<void> {
  await until(async () => {
    try {
      await client.ask('deleteImportJob', { name });
      return true;
    } catch (error) {
      if (!(error as Error).message.includes('has still to go out')) throw error;
      return undefined;
    }
  }, 'the job can be deleted');
}

describe('a deleted job', () => {
  test('is gone with its files, the copy of a file in UTF-16 included; what its rows did stays', async () => {
    await using suite = await startSuite();
    const { client } = suite;
    const content = Buffer.from('\ufeffaccountId,id\na1,u1\na2,\n', 'utf16le');
    const { job } = await suite.importFile(content);
    expect(filesOf(suite)).toHaveLength(4);
    const stored = dumpStore(suite.dataDir);
    await remove(suite, job.name);
    expect(filesOf(suite)).toEqual([]);
    expect(dumpStore(suite.dataDir)).toEqual(stored);
    const notFound = { code: 'NOT_FOUND', message: `There is no job ${job.name}. List the tenant's jobs to find it.` };
    expect(await refusal(client.job(job.name))).toEqual(notFound);
    expect(await refusal(client.download(job.name, 'RESULTS'))).toEqual(notFound);
    expect(await refusal(client.ask('getErrorDigest', { name: job.name, examplesPerCause: 0 }))).toEqual(notFound);
    expect(await refusal(client.ask('deleteImportJob', { name: job.name })), 'deleted again').toEqual(notFound);
    expect((await client.ask('listImportJobs', ListImportJobsRequest.fromPartial({ parent }))).importJobs).toEqual([]);
  });

  test('leaves its upload to another job that has it', async () => {
    await using suite = await startSuite();
    const { fileRef } = await suite.client.upload('accountId,id\na1,u1\n');
    const [one, other] = [await suite.client.create(fileRef), await suite.client.create(fileRef)];
    await Promise.all([one, other].map(({ name }) => suite.client.ended(name)));
    await remove(suite, one.name);
    expect((await suite.client.download(other.name, 'SOURCE')).content.toString()).toBe('accountId,id\na1,u1\n');
    await remove(suite, other.name);
    expect(filesOf(suite)).toEqual([]);
  });

  test('leaves its request id to a new job, whose rows are applied anew', async () => {
    await using suite = await startSuite();
    const content = 'accountId,id\na1,u1\n';
    const first = await suite.importFile(content, { requestId: 'monthly' });
    expect(first.job.stats).toMatchObject({ created: 1 });
    await remove(suite, first.job.name);
    await suite.importFile(content, { type: 'USER_DELETIONS' });
    const second = await suite.importFile(content, { requestId: 'monthly' });
    expect(second.job.name).not.toBe(first.job.name);
    expect(second.job.stats).toMatchObject({ created: 1 });
    expect(dumpStore(suite.dataDir).filter((line) => line.startsWith('account '))).toHaveLength(1);
    expect(await suite.client.create(second.job.fileRef, { requestId: 'monthly' })).toMatchObject({ name: second.job.name });
  });
});

test('a job that runs cannot be deleted, and goes on', async () => {
  await using suite = await startSuite();
  const held = holdWrites(suite.dataDir, 'participants.db');
  const { name, id } = await suite.client.start('accountId,id\na1,u1\n');
  expect(await refusal(suite.client.ask('deleteImportJob', { name }))).toEqual({
    code: 'FAILED_PRECONDITION',
    message: `Job ${id} is PENDING. Wait for its end, or cancel it first.`,
  });
  held[Symbol.dispose]();
  expect(await suite.client.outcome(name)).toMatchObject({ job: { status: 'COMPLETED', stats: { created: 1 } } });
});

test('jobs are listed by type, status and time, page by page, though one is deleted in between', async () => {
  let now = 1_767_225_600_000;
  await using suite = await startSuite({ now: () => (now += 1_000) });
  const { client } = suite;
  const { fileRef } = await client.upload('accountId,id\na1,u1\n');
  const jobs = [];
  for (let count = 0; count < 9; count += 1) {
    jobs.unshift(await client.create(fileRef, { type: count % 3 === 0 ? 'USER_DELETIONS' : 'USERS' }));
  }
  await Promise.all(jobs.map(({ name }) => client.ended(name)));
  const list = (filter: Partial<ListImportJobsRequest>) =>
    client.ask('listImportJobs', ListImportJobsRequest.fromPartial({ parent, ...filter }));
  const names = async (filter: Partial<ListImportJobsRequest>) => (await list(filter)).importJobs.map(({ name }) => name);
  const users = jobs.filter(({ type }) => type === 'USERS').map(({ name }) => name);
  expect(await names({ type: 'USERS' })).toEqual(users);
  expect(await names({ type: 'USER_DELETIONS' })).toHaveLength(3);
  expect(await names({ status: 'COMPLETED' })).toHaveLength(9);
  expect(await names({ status: 'ABORTED' })).toEqual([]);
  const [, third, , fifth] = [jobs[1]!, jobs[2]!, jobs[3]!, jobs[4]!];
  expect(await names({ createdFrom: fifth.dateCreated, createdBefore: third.dateCreated })).toEqual([jobs[3]!.name, fifth.name]);
  const first = await list({ type: 'USERS', pageSize: 2 });
  expect(first.importJobs.map(({ name }) => name)).toEqual(users.slice(0, 2));
  await remove(suite, users[1]!);
  const second = await list({ type: 'USERS', pageSize: 3, pageToken: first.nextPageToken });
  expect(second.importJobs.map(({ name }) => name)).toEqual(users.slice(2, 5));
  const last = await list({ type: 'USERS', pageSize: 3, pageToken: second.nextPageToken });
  expect(last.importJobs.map(({ name }) => name)).toEqual(users.slice(5));
  expect(last.nextPageToken).toBe('');
});
