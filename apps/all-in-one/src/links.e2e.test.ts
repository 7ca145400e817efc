import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Suite } from './testing/start-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import { refusal, until } from './testing/suite-client.ts';

const consoleUrl = 'https://bulk.example.com';
const dayMs = 24 * 3600 * 1000;
const filePolicy = { fileRetentionMs: 7 * dayMs, consoleUrl };
const content = 'accountId,id\nthe-raven,annabel-lee\nthe-raven,\nthe-bells,lenore\n';

interface Mailed {
  readonly name: string;
  readonly jobId: string;
  readonly dateExpires: number;
  /** The last parts of the links in the mail's text: results, errors, failed rows, source. */
  readonly tokens: readonly [results: string, errors: string, failedRows: string, source: string];
  readonly mail: string;
}

/** Runs an import, and reads its mail. */
async function runMailed({ client, dataDir }: Pick<Suite, 'client' | 'dataDir'>): Promise<Mailed> {
  const { name, id } = await client.start(content, { mailtoEmail: 'ann@example.com', displayName: 'Spring' });
  const { dateExpires } = await client.ended(name);
  const path = join(dataDir, 'mail', `${id}.eml`);
  const source = await until(() => readFile(path, 'utf8').catch(() => undefined), 'the mail');
  const mail = source.replace(/=\r\n/g, '').replaceAll('=3D', '=');
  const [text = ''] = mail.split('Content-Type: text/html');
  const tokens = [...text.matchAll(/https:\/\/bulk\.example\.com\/files\/([A-Za-z0-9_-]+)/g)].map(([, token = '']) => token);
  expect(tokens).toHaveLength(4);
  return { name, jobId: id, dateExpires, tokens: tokens as unknown as Mailed['tokens'], mail };
}

describe('the links of a completion mail', () => {
  test('lead to the job’s files, each to its own, and to its page; forged ones lead nowhere', async () => {
    await using suite = await startSuite({ filePolicy });
    const { client } = suite;
    const { name, jobId, tokens, mail } = await runMailed(suite);
    expect(mail).toContain(`${consoleUrl}/t/default/jobs/${jobId}`);
    for (const said of ['Why rows failed', 'a valid non-empty id']) expect(mail).toContain(said);
    for (const participant of ['annabel', 'lenore', 'raven', 'bells']) expect(mail).not.toContain(participant);
    for (const [index, kind] of (['RESULTS', 'ERRORS', 'FAILED_ROWS', 'SOURCE'] as const).entries()) {
      expect(await client.downloadLinked(tokens[index] ?? '')).toEqual(await client.download(name, kind));
    }
    const [results] = tokens;
    for (const forged of ['', 'A', results.slice(1), `${results}A`, results.replace(/^../, 'AA'), `${results.slice(0, -2)}AA`]) {
      expect(await refusal(client.downloadLinked(forged)), forged).toMatchObject({ code: 'PERMISSION_DENIED' });
    }
  });

  test('are good while the files are kept and no longer, and the job tells when that ended', async () => {
    const clock = { now: Date.now() };
    await using suite = await startSuite({ filePolicy, now: () => clock.now });
    const { client } = suite;
    const { name, tokens, dateExpires } = await runMailed(suite);
    expect(dateExpires).toBeGreaterThan(clock.now + 7 * dayMs - 60_000);
    clock.now = dateExpires - 1;
    expect((await client.downloadLinked(tokens[3])).content.toString()).toBe(content);
    clock.now = dateExpires;
    const day = new Date(dateExpires).toISOString();
    for (const token of tokens) {
      expect(await refusal(client.downloadLinked(token))).toEqual({
        code: 'FAILED_PRECONDITION',
        message: `This link expired on ${day.slice(0, 10)}, and the file with it. Import the file again to have it again.`,
      });
    }
    for (const kind of ['RESULTS', 'ERRORS', 'FAILED_ROWS', 'SOURCE'] as const) {
      const { code, message } = await refusal(client.download(name, kind));
      expect(code).toBe('NOT_FOUND');
      expect(message).toContain(`expired on ${day.slice(0, 19)}Z`);
    }
    expect(await client.job(name)).toMatchObject({ dateExpires, stats: { created: 2, errors: 1 } });
  });

  test('are good after a restart, are void with another secret, and are void once the job is deleted', async () => {
    const dataDir = await temporaryFolder();
    let mailed: Mailed;
    {
      await using suite = await startSuite({ dataDir, filePolicy });
      mailed = await runMailed(suite);
    }
    const [, errors] = mailed.tokens;
    {
      await using suite = await startSuite({ dataDir, filePolicy: { ...filePolicy, linkSecret: 'another secret for tests' } });
      expect(await refusal(suite.client.downloadLinked(errors))).toMatchObject({ code: 'PERMISSION_DENIED' });
    }
    await using suite = await startSuite({ dataDir, filePolicy });
    const { client } = suite;
    expect((await client.downloadLinked(errors)).filename).toBe(`${mailed.jobId}.errors.csv`);
    await client.ask('deleteImportJob', { name: mailed.name });
    for (const token of mailed.tokens) expect(await refusal(client.downloadLinked(token))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
