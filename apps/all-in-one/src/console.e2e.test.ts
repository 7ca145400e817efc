import type { AccountMessage, FindParticipantsResponse, ImportJob, PreviewImportResponse } from '@advocate/contracts';
import { FileLinks } from '@advocate/messages';
import { defaultFilePolicy } from '@advocate/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConsoleClient, eventsOf } from './testing/console-client.ts';
import type { ServerEvent } from './testing/console-client.ts';
import { spawnConsole } from './testing/spawn-console.ts';
import { holdWrites } from './testing/hold-writes.ts';
import { spawnSuite } from './testing/spawn-suite.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import { until } from './testing/suite-client.ts';

const linkSecret = 'a secret for links';

let suite: Suite;
let console: ConsoleClient;

beforeAll(async () => {
  const filePolicy = { ...defaultFilePolicy, linkSecret };
  suite = await startSuite({ console: { host: '127.0.0.1', port: 0, tenant: 'default' }, now: Date.now, filePolicy });
  console = new ConsoleClient(suite.consoleUrl);
});
afterAll(() => suite[Symbol.asyncDispose]());

const rowsOf = (rows: number, prefix: string): string =>
  `accountId,id,email\n${Array.from({ length: rows }, (_, row) => `${prefix}${row},u,${prefix}${row}@example.com`).join('\n')}\n`;

test('the page is served, with its scripts, as is what it needs to know first', async () => {
  const { body: page } = await console.ask<string>('GET', '/jobs/0123');
  const [, script = ''] = /<script type="module"[^>]* src="(\/assets\/[^"]+)"/.exec(page) ?? [];
  expect((await console.ask('GET', script)).headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
  expect((await console.ask('GET', '/api/status')).body).toMatchObject({ tenant: 'default', serving: true, maxFileBytes: 100_000_000 });
});

describe('a job in the console', () => {
  test('is that of gRPC: uploaded, started, followed to its end and downloaded', async () => {
    const job = await console.start(`${rowsOf(3, 'a')}a9,u,no address\n`, { displayName: 'May', mailtoEmail: '' });
    expect(job).toMatchObject({ type: 'USERS', displayName: 'May', name: `tenants/default/importJobs/${job.id}` });

    const watch = await console.fetch(`importJobs/${job.id}/watch`);
    expect(watch.headers.get('Content-Type')).toBe('text/event-stream');
    const events = await Array.fromAsync(eventsOf(watch));
    expect(events.at(-1)).toEqual({ event: 'end', data: {} });
    expect(events.at(-2)).toMatchObject({ event: 'message', data: { id: job.id, status: 'COMPLETED', stats: { created: 3, errors: 1 } } });

    expect((await console.ask('GET', `importJobs/${job.id}`)).body).toEqual(await suite.client.job(job.name));
    const files = { results: 'RESULTS', errors: 'ERRORS', failedRows: 'FAILED_ROWS', source: 'SOURCE' } as const;
    for (const [path, kind] of Object.entries(files)) {
      const { headers, body, status } = await console.ask('GET', `importJobs/${job.id}/files/${path}`);
      const { filename, content } = await suite.client.download(job.name, kind);
      expect({ status, body }).toEqual({ status: 200, body: content.toString() });
      expect(headers.get('Content-Disposition')).toBe(`attachment; filename="${filename}"; filename*=UTF-8''${filename}`);
      expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    }
    expect((await console.ask('GET', `importJobs/${job.id}/files/other`)).status).toBe(404);
  });

  test('is found again in the list, a page at a time', async () => {
    const { id } = await console.ended(await console.start(rowsOf(1, 'listed'), { displayName: 'Listed' }));
    const page = await console.ask<{ importJobs: ImportJob[] }>('GET', 'importJobs?type=USERS&status=COMPLETED&pageSize=1');
    expect(page).toMatchObject({ status: 200, body: { importJobs: [{ id, displayName: 'Listed', status: 'COMPLETED' }] } });
    expect((await console.ask('GET', 'importJobs?type=USER_DELETIONS')).body).toEqual({ importJobs: [], nextPageToken: '' });
    expect((await console.ask('GET', 'importJobs?type=USERS&createdBefore=1')).body).toEqual({ importJobs: [], nextPageToken: '' });
  });

  test('has its errors by cause and its progress over time, and can be deleted', async () => {
    const { id } = await console.ended(await console.start('accountId,id,email\na,u,none\n'));
    expect((await console.ask('GET', `importJobs/${id}/errorDigest`)).body).toMatchObject({
      errors: 1,
      causes: [{ count: 1, examples: [{ column: 'email', value: 'none', line: 2 }] }],
    });
    expect((await console.ask('GET', `importJobs/${id}/progressHistory`)).body).toMatchObject({
      points: [{ recordsProcessed: 1, errors: 1 }],
    });
    expect(await console.remove(id)).toMatchObject({ status: 200, body: {} });
    expect(await console.ask('GET', `importJobs/${id}`)).toMatchObject({ status: 404, body: { error: { reason: 'JOB_NOT_FOUND' } } });
  });

  test('that is refused says so field by field, as gRPC does', async () => {
    const refused = await console.ask('POST', 'importJobs', { importJob: { type: 'USERS', fileRef: 'imports/default/none_0.csv' } });
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', violations: [{ field: expect.stringContaining('file_ref') as string }] },
    });
    const gone = await console.ask('POST', 'importJobs/0123456789abcdef01234567/cancel');
    expect(gone).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND', reason: 'JOB_NOT_FOUND' } } });
  });
});

test.each(['.', '..', 'a/b%2F ü?#', '100%', '../../segments', '\'"<b>', 'x'.repeat(200)])(
  'an account is found by whatever id it has: %j',
  async (accountId) => {
    await suite.client.upsert({ accountId, id: accountId, email: 'odd@example.com', referralCodes: { default: `C${accountId.length}` } });
    const escaped = encodeURIComponent(accountId);
    const account = await console.ask<AccountMessage>('GET', `account?id=${escaped}`);
    expect(account).toMatchObject({ status: 200, body: { id: accountId, participants: [{ id: accountId }] } });
    for (const query of [`id=${escaped}`, `code=c${accountId.length}`]) {
      const found = await console.ask<FindParticipantsResponse>('GET', `participants?${query}`);
      expect(found.body.participants).toEqual(account.body.participants);
    }
    const referrals = await console.ask('GET', `referrals?account=${escaped}&id=${escaped}`);
    expect(referrals).toMatchObject({ status: 200, body: { referrals: [], nextPageToken: '' } });
  },
);

test('each tenant has its own', async () => {
  expect((await console.ask('GET', '/api/tenants/other/importJobs')).body).toEqual({ importJobs: [], nextPageToken: '' });
  expect(await console.ask('GET', '/api/tenants/no%2Ftenant/importJobs')).toMatchObject({
    status: 400,
    body: { error: { reason: 'INVALID_TENANT' } },
  });
});

test('segments are listed', async () => {
  await suite.client.createSegments('vip');
  expect((await console.ask('GET', 'segments')).body).toMatchObject({ segments: [{ key: 'vip' }] });
  expect((await console.ask('GET', 'participants?code=NOBODYS')).status).toBe(404);
});

test.each([
  ['users.csv', 'USERS'],
  ['deletions.csv', 'USER_DELETIONS'],
])('the template %s previews without problems, all its columns understood', async (filename, type) => {
  const { body: template } = await console.ask<string>('GET', `/api/templates/${filename}`);
  const columns = template.trimEnd().split(',');
  const fileRef = await console.upload(`${template}a1,u1${','.repeat(columns.length - 2)}\r\n`, filename);
  const { body } = await console.ask<PreviewImportResponse>('POST', 'importJobs/preview', { type, fileRef });
  expect(body).toMatchObject({ problems: [], warnings: [], recordsTotal: 1, rows: [{ error: '' }] });
  expect(body.columns.map(({ name, kind }) => [name, kind])).toEqual(columns.map((name) => [name, 'STANDARD']));
});

describe('a signed link', () => {
  const links = new FileLinks(linkSecret, '');
  const sign = (jobId: string, expires: number): string => links.sign({ tenant: 'default', jobId, kind: 'results', expires });
  const later = Date.now() + 60_000;

  test('downloads its file until the job is deleted', async () => {
    const { id, name } = await console.ended(await console.start(rowsOf(2, 'linked')));
    const answer = await console.ask('GET', `/files/${sign(id, later)}`);
    const { content } = await suite.client.download(name, 'RESULTS');
    expect(answer).toMatchObject({ status: 200, body: content.toString() });
    expect(answer.headers.get('Content-Disposition')).toContain(`attachment; filename="${id}.results.csv"`);
    await console.remove(id);
    expect(await console.ask('GET', `/files/${sign(id, later)}`)).toMatchObject({
      status: 404,
      body: expect.stringContaining('This file is gone'),
    });
  });

  test.each([
    ['expired', sign('0'.repeat(24), 1), 410, 'This link has expired'],
    ['changed', `${sign('0'.repeat(24), later)}A`, 403, 'This link is not valid'],
    ['forged', '<script>alert(1)</script>.0', 403, 'This link is not valid'],
  ])('that is %s leads to a page that says so', async (_what, token, status, title) => {
    const answer = await console.ask('GET', `/files/${encodeURIComponent(token)}`);
    expect(answer).toMatchObject({ status, body: expect.stringContaining(`<h1>${title}</h1>`) });
    expect(answer.body).not.toContain('<script');
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=UTF-8');
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  });
});

test('what the services go through, the console says: away, and back by itself', async () => {
  const dataDir = await temporaryFolder();
  await using suite = await spawnSuite(dataDir);
  await using own = await spawnConsole(suite.port);
  const held = holdWrites(dataDir, 'participants.db');
  const { id } = await own.client.start(rowsOf(60_000, 'away'));
  const events: ServerEvent[] = [];
  for await (const event of eventsOf(await own.client.fetch(`importJobs/${id}/watch`))) {
    if (events.push(event) === 1) await suite.kill();
  }
  held[Symbol.dispose]();
  expect(events[0]).toMatchObject({ event: 'message', data: { id, status: 'PENDING' } });
  expect(events.at(-1)).toMatchObject({ event: 'away', data: { error: { code: 'UNAVAILABLE', reason: 'SERVER_AWAY' } } });
  expect(await own.client.ask('GET', 'importJobs')).toMatchObject({ status: 503, body: { error: { reason: 'SERVER_AWAY' } } });
  expect((await own.client.ask('GET', '/api/status')).body).toMatchObject({ serving: false });

  await using _suite = await spawnSuite(dataDir, { grpcPort: suite.port });
  const answer = await until(
    async () => {
      const asked = await own.client.ask<{ importJobs: ImportJob[] }>('GET', 'importJobs');
      return asked.status === 200 ? asked.body : undefined;
    },
    'the console to find the services again',
    5_000,
  );
  const [job] = answer.importJobs as [ImportJob];
  expect(await own.client.ended(job)).toMatchObject({ status: 'COMPLETED', stats: { created: 60_000 } });
  expect((await own.client.ask('GET', '/api/status')).body).toMatchObject({ serving: true });
});
