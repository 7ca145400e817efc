import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { spawnSuite } from './testing/spawn-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import { parent, refusal, type SuiteClient, until } from './testing/suite-client.ts';

const partBytes = 4 << 20;
const rows = Array.from({ length: 120_000 }, (_, row) => `account-${row >> 1},user-${row},${'Ada of a long name '.repeat(4)}\n`);
const content = Buffer.from(`accountId,id,firstName\n${rows.join('')}`);
const sha256 = createHash('sha256').update(content).digest('hex');

async function start({ ask }: { ask: SuiteClient['ask'] }): Promise<string> {
  const { upload } = await ask('startUpload', { parent, filename: 'users.csv', sizeBytes: content.length });
  expect(upload).toMatchObject({ filename: 'users.csv', sizeBytes: content.length, storedBytes: 0 });
  return upload?.name ?? '';
}

const storedBytes = async (client: SuiteClient, name: string): Promise<number> =>
  (await client.ask('getUpload', { name })).upload?.storedBytes ?? expect.fail('The upload is gone');

describe('a resumable upload', () => {
  test('goes on where its stream broke off, and gives the file that a job takes', async () => {
    await using suite = await startSuite();
    const { client } = suite;
    const ask = client.ask.bind(client);
    const name = await start({ ask });
    expect(name).toMatch(/^tenants\/default\/uploads\/[0-9a-f]{24}$/);
    const end = partBytes + 1_000_000;
    const breakOff = () => until(async () => (await storedBytes(client, name)) || undefined, 'a part of the upload');
    expect(await refusal(client.continueUpload(name, content, { end, breakOff }))).toMatchObject({ code: 'CANCELLED' });
    const offset = await storedBytes(client, name);
    expect(offset).toBe(partBytes);
    expect(await refusal(client.continueUpload(name, content))).toEqual({
      code: 'OUT_OF_RANGE',
      message: `The upload stands at offset ${offset}, not 0; go on from there.`,
    });
    expect(await refusal(client.ask('finishUpload', { name }))).toMatchObject({ code: 'FAILED_PRECONDITION' });
    expect(await client.continueUpload(name, content, { offset })).toMatchObject({ name, storedBytes: content.length });
    const finished = await client.ask('finishUpload', { name });
    expect(finished).toMatchObject({ sizeBytes: content.length, sha256 });
    expect(await client.ask('finishUpload', { name })).toEqual(finished);
    const job = await client.create(finished.fileRef);
    expect(await client.ended(job.name)).toMatchObject({ status: 'COMPLETED', stats: { created: rows.length } });
    expect(content.equals((await client.download(job.name, 'SOURCE')).content)).toBe(true);
  });

  test('goes on after the suite was killed in the middle of it', async () => {
    const dataDir = await temporaryFolder();
    let name: string;
    {
      await using suite = await spawnSuite(dataDir);
      const { client } = suite;
      name = await start({ ask: client.ask.bind(client) });
      const sending = client.continueUpload(name, content).catch(String);
      await until(async () => (await storedBytes(client, name)) || undefined, 'a part of the upload');
      await suite.kill();
      await sending;
    }
    await using suite = await spawnSuite(dataDir);
    const { client } = suite;
    const offset = await storedBytes(client, name);
    expect(offset % partBytes === 0 || offset === content.length).toBe(true);
    expect(offset).toBeGreaterThan(0);
    expect(await client.continueUpload(name, content, { offset })).toMatchObject({ storedBytes: content.length });
    expect(await client.ask('finishUpload', { name })).toMatchObject({ sizeBytes: content.length, sha256 });
  });

  test('is refused by what is wrong with it', async () => {
    await using suite = await startSuite({ maxFileBytes: 1_000_000 });
    const { client } = suite;
    const started = (sizeBytes: number) => refusal(client.ask('startUpload', { parent, filename: 'users.csv', sizeBytes }));
    expect(await started(1_000_001)).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'The file is larger than 1 MB. Split it into smaller files, each with the header.',
    });
    expect(await started(0)).toEqual({ code: 'INVALID_ARGUMENT', message: 'The file is empty (0 bytes).' });
    for (const name of [
      'tenants/default/uploads/0123456789abcdef01234567',
      'tenants/default/uploads/nonsense',
      'tenants/default/uploads/..',
    ]) {
      expect(await refusal(client.ask('getUpload', { name })), name).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await refusal(client.ask('getUpload', { name: 'tenants/a b/uploads/0123456789abcdef01234567' }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
