import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { holdWrites } from './testing/hold-writes.ts';
import { peek } from './testing/peek.ts';
import { spawnSuite } from './testing/spawn-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import type { SuiteClient } from './testing/suite-client.ts';
import { parent, refusal, until } from './testing/suite-client.ts';

const usersOf = (rows: number): string =>
  `accountId,id\n${Array.from({ length: rows }, (_, index) => `account-${index},user`).join('\n')}\n`;

describe('what was answered survives a crash', () => {
  test('an upload, a job and a direct upsert, each killed right after its answer', async () => {
    const dataDir = await temporaryFolder();
    let fileRef: string;
    {
      await using suite = await spawnSuite(dataDir);
      ({ fileRef } = await suite.client.upload(usersOf(3_000)));
      await suite.kill();
    }
    let name: string;
    {
      await using suite = await spawnSuite(dataDir);
      ({ name } = await suite.client.create(fileRef));
      await suite.kill();
    }
    const participant = `${parent}/accounts/direct/participants/user`;
    {
      await using suite = await spawnSuite(dataDir);
      await suite.client.upsert({ accountId: 'direct', id: 'user', firstName: 'Ada' });
      await suite.kill();
    }
    await using suite = await startSuite({ dataDir });
    const { client } = suite;
    expect(await client.ended(name)).toMatchObject({ status: 'COMPLETED', stats: { created: 3_000 } });
    expect((await client.ask('getParticipant', { name: participant })).participant).toMatchObject({ firstName: 'Ada' });
  });

  test('a job goes on when the suite comes back with fewer partitions and consumers', async () => {
    const dataDir = await temporaryFolder();
    let name: string;
    {
      await using suite = await spawnSuite(dataDir, { partitions: 5, consumers: 3 });
      using _held = holdWrites(dataDir, 'participants.db');
      const job = await suite.client.start(usersOf(3_000));
      ({ name } = job);
      await until(() => peek(dataDir, job.id).slices > 0 || undefined, 'a slice in flight');
      await suite.kill();
    }
    await using suite = await startSuite({ dataDir, partitions: 2, consumers: 1 });
    const { job, results } = await suite.client.outcome(name);
    expect(job).toMatchObject({ status: 'COMPLETED', stats: { created: 3_000 } });
    const ids = results?.trimEnd().split('\n').slice(1);
    expect(ids?.map((line) => line.split(',')[1])).toEqual(Array.from({ length: 3_000 }, (_, index) => `account-${index}`));
  });

  test('advice on a job is given once, however often the job is taken up', async () => {
    const dataDir = await temporaryFolder();
    let name: string;
    {
      await using suite = await spawnSuite(dataDir);
      const job = await suite.client.start(`accountId,id\n${'a,1\n'.repeat(500_001)}`, { type: 'USER_DELETIONS' });
      ({ name } = job);
      await until(() => ['writing', 'ended'].includes(peek(dataDir, job.id).phase) || undefined, 'its files are written');
      await suite.kill();
    }
    await using suite = await startSuite({ dataDir });
    expect(await suite.client.ended(name)).toMatchObject({
      status: 'COMPLETED',
      stats: { errors: 500_001 },
      warnings: ['The file has 500,001 rows; files of at most 500,000 are advised.'],
    });
  });
});

describe('an upload that is broken off leaves nothing', () => {
  const filesIn = (dataDir: string): string[] =>
    readdirSync(join(dataDir, 'files'), { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));

  /** Sends the beginning of an upload, and waits until it is on its way to the disk. */
  async function uploadHalf(client: SuiteClient, dataDir: string) {
    const answered = Promise.withResolvers<unknown>();
    const call = client.jobs.uploadFile((error, answer) => {
      if (error === null) answered.resolve(answer);
      else answered.reject(error);
    });
    answered.promise.catch(() => undefined);
    call.write({ part: { $case: 'metadata', value: { parent, filename: 'half.csv', sizeBytes: 0 } } });
    call.write({ part: { $case: 'data', value: Buffer.from(usersOf(10_000)) } });
    await until(() => (existsSync(join(dataDir, 'files')) && filesIn(dataDir).length > 0) || undefined, 'the upload is being written');
    return { call, answered: answered.promise };
  }

  test('when the client cancels it', async () => {
    await using suite = await startSuite();
    const { call, answered } = await uploadHalf(suite.client, suite.dataDir);
    call.cancel();
    expect(await refusal(answered)).toMatchObject({ code: 'CANCELLED' });
    await until(() => filesIn(suite.dataDir).length === 0 || undefined, 'nothing is left');
  });

  test('when the client dies', async () => {
    await using suite = await startSuite();
    const client = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'upload.fixture.ts'), String(suite.port)]);
    await until(() => filesIn(suite.dataDir).length > 0 || undefined, 'the upload is being written');
    client.kill('SIGKILL');
    await until(() => filesIn(suite.dataDir).length === 0 || undefined, 'nothing is left');
  });

  test('when the server dies', async () => {
    const dataDir = await temporaryFolder();
    {
      await using suite = await spawnSuite(dataDir);
      await uploadHalf(suite.client, dataDir);
      await suite.kill();
    }
    expect(filesIn(dataDir), 'what the crash left').toHaveLength(1);
    await using _suite = await startSuite({ dataDir });
    expect(filesIn(dataDir)).toEqual([]);
  });

  test('when it has another size than announced, is too large, or does not begin with its metadata', async () => {
    await using suite = await startSuite({ maxFileBytes: 2_000_000 });
    const send = (parts: readonly object[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const call = suite.client.jobs.uploadFile((error, answer) => {
          if (error === null) resolve(answer);
          else reject(error);
        });
        for (const part of parts) call.write({ part } as never);
        call.end();
      });
    const data = { $case: 'data', value: Buffer.from('accountId,id\na,u\n') };
    expect(await refusal(send([{ $case: 'metadata', value: { parent, filename: 'a.csv', sizeBytes: 18 } }, data]))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'The upload has 17 bytes, but 18 were announced; nothing was stored. Upload the file again.',
    });
    expect(await refusal(suite.client.upload(Buffer.alloc(2_000_001, 'a')))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'The file is larger than 2 MB. Split it into smaller files, each with the header.',
    });
    expect(await refusal(send([data]))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'The first message of an upload must be its metadata: parent and filename.',
    });
    expect(filesIn(suite.dataDir)).toEqual([]);
  });
});

describe('the completion mail is written once', () => {
  const mailsIn = (dataDir: string): string[] => readdirSync(join(dataDir, 'mail')).filter((name) => name.endsWith('.eml'));

  test("also when the process is killed at the job's end, wherever that is", async () => {
    const dataDir = await temporaryFolder();
    const ids: string[] = [];
    for (const delayMs of [0, 1, 2, 4, 8]) {
      await using suite = await spawnSuite(dataDir);
      const { id } = await suite.client.start(usersOf(200), { mailtoEmail: 'owner@example.com', displayName: `Job ${delayMs}` });
      ids.push(id);
      await until(() => peek(dataDir, id).phase === 'ended' || undefined, 'the job ends');
      await pause(delayMs);
      await suite.kill();
    }
    await using suite = await startSuite({ dataDir });
    for (const id of ids) await suite.client.ended(`${parent}/importJobs/${id}`);
    await until(() => mailsIn(dataDir).length === ids.length || undefined, 'all mails are written');
    expect(mailsIn(dataDir).sort()).toEqual(ids.map((id) => `${id}.eml`).sort());
  });
});
