import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdWrites } from '@advocate/all-in-one/testing';
import { joinEmbeddedEngine } from '@advocate/embedded';
import { startReceiver } from '@advocate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/advocate.js', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `advocate`, with what it has said so far. */
class Run {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  #isClosed = false;

  constructor(args: readonly string[], as: { readonly uid?: number; readonly gid?: number; readonly env?: NodeJS.ProcessEnv } = {}) {
    this.process = spawn(process.execPath, [launcher, ...args], { cwd: folder, ...as });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    started.add(this.process);
    this.ended = once(this.process, 'close').then(([status]) => {
      this.#isClosed = true;
      return { status: status as number | null, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** Waits until the process has said something that fits. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#stdout + this.#stderr);
      if (match !== null) return match;
      if (this.#isClosed) throw new Error(`advocate ended without saying ${pattern}:\n${this.#stdout}${this.#stderr}`);
      await Promise.race([once(this.process.stdout, 'data'), once(this.process.stderr, 'data'), this.ended]);
    }
  }
}

/** What a failed test may leave behind. */
const started = new Set<ChildProcessWithoutNullStreams>();
let folder = '';
let count = 0;
const root = await mkdtemp(join(tmpdir(), 'advocate-cli-'));
beforeEach(async () => {
  folder = join(root, String(count++));
  await mkdir(folder);
});
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

function advocate(args: readonly string[], input = ''): Promise<Ended> {
  const run = new Run(args);
  // A process that refuses its arguments ends without reading.
  run.process.stdin.on('error', () => {}).end(input);
  return run.ended;
}

/** Passes connections on to a port; breaks those off that there are once so many bytes were sent over them. */
async function startProxy(
  target: number,
  breakAfter: number,
): Promise<AsyncDisposable & { readonly port: number; readonly forwarded: () => number }> {
  let forwarded = 0;
  const sockets = new Set<Socket>();
  const server = createServer((inward) => {
    const outward = createConnection(target, '127.0.0.1');
    for (const [one, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(one.on('error', () => {}).on('close', () => other.destroy()));
    }
    inward.on('data', (bytes) => {
      const isBreaking = forwarded < breakAfter && forwarded + bytes.length >= breakAfter;
      forwarded += bytes.length;
      if (isBreaking) for (const socket of sockets) socket.destroy();
    });
    inward.pipe(outward).pipe(inward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    forwarded: () => forwarded,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
const json = (ended: Ended): Record<string, unknown> => JSON.parse(ended.stdout) as Record<string, unknown>;

const header = 'id,accountId,email';
const goodRows = `${header}\nu1,a1,u1@example.com\nu2,a1,u2@example.com\n`;
const mixedRows = `${goodRows},a2,u3@example.com\nu4,a4,u4@example.com\n`;
const manyRows = `${header}\n${Array.from({ length: 150_000 }, (_, row) => `u${row},a${row >> 2},u${row}@example.com`).join('\n')}\n`;

describe('without a server', () => {
  const data = ['--data', 'data'];

  test('imports users, tells what became of the rows, and leaves the files', async () => {
    await write('users.csv', mixedRows);
    const ended = await advocate(['import', 'users', 'users.csv', '--out', 'out', ...data]);
    expect(ended.status, ended.stderr).toBe(1);
    const id = /^Job ([0-9a-f]{24}) completed in .*: 4 rows, 1 failed\.$/m.exec(ended.stdout)?.[1];
    expect(ended.stdout).toMatch(/^ {2}created\s+3$/m);
    expect(ended.stdout).toContain('First errors:\n  record 4: ');
    expect(ended.stdout).toContain(`Files:\n  out/${id}.results.csv\n  out/${id}.errors.csv\n  out/${id}.failed-rows.csv`);
    expect(ended.stderr).toBe(`Job ${id} accepted.\n`);
    expect((await readdir(join(folder, 'out'))).sort()).toEqual([`${id}.errors.csv`, `${id}.failed-rows.csv`, `${id}.results.csv`]);
    expect((await read(`out/${id}.results.csv`)).split('\n').map((line) => line.split(',')[0])).toEqual(['id', 'u1', 'u2', 'u4', '']);
    expect(await read(`out/${id}.errors.csv`)).toMatch(/^recordNumber,message,apiErrorCode,statusCode\n4,.*\n$/);
    expect(await read(`out/${id}.failed-rows.csv`)).toBe(`${header}\n,a2,u3@example.com\n`);

    const account = json(await advocate(['accounts', 'get', 'a1', '--json', ...data]));
    expect(account).toMatchObject({ id: 'a1', participants: [{ id: 'u1' }, { id: 'u2', email: 'u2@example.com' }] });
    const participant = await advocate(['participants', 'get', 'a1', 'u1', ...data]);
    expect(participant.stdout).toContain('email: u1@example.com\n');
    const absent = await advocate(['participants', 'get', 'a1', 'nobody', ...data]);
    expect(absent).toMatchObject({ status: 2, stdout: '' });
    expect(absent.stderr).not.toBe('');
  });

  test('answers one JSON document, and has no errors file when no row failed', async () => {
    await write('users.jsonl', '{"id":"u1","accountId":"a1"}\n');
    const ended = await advocate(['import', 'users', 'users.jsonl', '--name', 'May', '--json', ...data]);
    expect(ended.status, ended.stderr).toBe(0);
    const job = json(ended);
    expect(job).toMatchObject({ type: 'USERS', status: 'COMPLETED', displayName: 'May', stats: { created: 1, recordsProcessed: 1 } });
    expect((await readdir(folder)).filter((name) => name.startsWith(String(job.id)))).toEqual([`${String(job.id)}.results.jsonl`]);
  });

  test('validates without applying anything', async () => {
    await write('good.csv', goodRows);
    await write('mixed.csv', mixedRows);
    await write('headless.csv', 'name\nAnn\n');
    const good = await advocate(['import', 'users', 'good.csv', '--validate-only', ...data]);
    expect(good).toMatchObject({ status: 0, stdout: '2 rows read, 0 invalid; nothing was applied.\n' });
    const mixed = await advocate(['import', 'users', 'mixed.csv', '--validate-only', ...data]);
    expect(mixed.status).toBe(1);
    expect(mixed.stdout).toContain('4 rows read, 1 invalid; nothing was applied.\nFirst errors:\n  record 4: ');
    const headless = await advocate(['import', 'users', 'headless.csv', '--validate-only', ...data]);
    expect(headless).toMatchObject({ status: 2, stdout: '' });
    expect(headless.stderr).toContain('accountId');
    expect((await advocate(['jobs', 'list', ...data])).stdout).toBe('No jobs.\n');
  });

  test('deletes users', async () => {
    await write('users.csv', goodRows);
    await write('deletions.csv', 'accountId,id\na1,u1\na1,nobody\n');
    await advocate(['import', 'users', 'users.csv', ...data]);
    const ended = await advocate(['import', 'deletions', 'deletions.csv', '--do-not-track', ...data]);
    expect(ended.status, ended.stderr).toBe(1);
    expect(ended.stdout).toContain('2 rows, 1 failed.\n  deleted  1\n  failed   1\nFirst errors:\n  record 3: ');
  });

  test('puts users in segments, which must exist', async () => {
    await write('users.csv', goodRows);
    const importVip = ['import', 'users', 'users.csv', '--segment', 'vip', ...data];
    const refused = await advocate(importVip);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('vip');
    expect((await advocate(['segments', 'create', 'vip', '--name', 'Best', ...data])).status).toBe(0);
    expect((await advocate(['segments', 'list', ...data])).stdout).toMatch(/^KEY .*\nvip .* Best\n$/);
    expect((await advocate(importVip)).status).toBe(0);
    expect(json(await advocate(['participants', 'get', 'a1', 'u1', '--json', ...data]))).toMatchObject({ segments: ['vip'] });
  });

  test('an interrupted import goes on at the next start', async () => {
    await write('users.csv', manyRows);
    const run = new Run(['import', 'users', 'users.csv', ...data]);
    const [, id = ''] = await run.says(/Job ([0-9a-f]{24}) accepted/);
    run.process.kill('SIGINT');
    const interrupted = await run.ended;
    expect(interrupted).toMatchObject({ status: 130, stdout: '' });
    expect(interrupted.stderr).toContain(`job ${id} resumes at the next start with --data data`);
    const watched = await advocate(['jobs', 'watch', id, ...data]);
    expect(watched.status, watched.stderr).toBe(0);
    expect(watched.stdout).toContain('150,000 rows, 0 failed.');
  });
});

describe('a file that cannot be imported is refused with the reason', () => {
  test.each([
    ['nowhere.csv', "There is no file 'nowhere.csv'.\n"],
    ['.', "'.' is a folder; give a file.\n"],
  ])('%s', async (file, stderr) => {
    expect(await advocate(['import', 'users', file, '--data', 'data'])).toEqual({ status: 2, stdout: '', stderr });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('a file without permission', async () => {
    await writeFile(join(folder, 'secret.csv'), goodRows, { mode: 0o000 });
    // Root may read all, so it has somebody else try.
    const nobody = 65_534;
    const as = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
    await chmod(folder, 0o755);
    const ended = await new Run(['import', 'users', 'secret.csv', '--data', 'data'], as).ended;
    expect(ended).toEqual({ status: 2, stdout: '', stderr: "'secret.csv' may not be read: permission denied.\n" });
  });

  test('an empty file', async () => {
    await write('empty.csv', '');
    const ended = await advocate(['import', 'users', 'empty.csv', '--data', 'data']);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain("'empty.csv' is empty (0 bytes).");
  });

  test('results that cannot be saved', async () => {
    await write('users.csv', goodRows);
    const ended = await advocate(['import', 'users', 'users.csv', '--out', 'users.csv', '--data', 'data']);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain("Result files cannot go to 'users.csv'");
  });
});

describe('without anybody who answers', () => {
  const advice = "Start one with 'advocate serve', or use --data DIR to run without a server.\n";

  async function listen(): Promise<{ readonly address: string; close(): void }> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
  }

  test('says at once that no server is there', async () => {
    const { address, close } = await listen();
    close();
    const stderr = `No server answers at ${address} (connection refused). ${advice}`;
    expect(await advocate(['jobs', 'list', '--server', address])).toEqual({ status: 2, stdout: '', stderr });
  });

  test('gives up on a server that does not speak', async () => {
    const { address, close } = await listen();
    const stderr = `No server answers at ${address} (no answer within 5 seconds). ${advice}`;
    expect(await advocate(['jobs', 'list', '--server', address])).toEqual({ status: 2, stdout: '', stderr });
    close();
  });
});

describe('with a server', () => {
  let server: Run;
  let dataDir = '';
  let to: readonly string[] = [];

  beforeAll(async () => {
    folder = root;
    dataDir = join(root, 'served');
    server = new Run(['serve', '--data', dataDir, '--grpc-port', '0', '--http-port', '0']);
    const [, address = ''] = await server.says(/^gRPC on (127\.0\.0\.1:\d+)$/m);
    to = ['--server', address];
    const [, console = ''] = await server.says(/^console on (http:\/\/127\.0\.0\.1:\d+)$/m);
    expect(await (await fetch(`${console}/api/status`)).json()).toMatchObject({ tenant: 'default', serving: true });
  });

  afterAll(async () => {
    server.process.kill('SIGTERM');
    const { status, stdout } = await server.ended;
    expect(stdout).toContain(`data in ${dataDir}\n`);
    expect(status).toBe(0);
  });

  test('imports, lists, shows and downloads', async () => {
    await write('users.csv', mixedRows);
    const tenant = ['--tenant', 'shop', ...to];
    const accepted = await advocate(['import', 'users', 'users.csv', '--no-wait', '--name', 'May', ...tenant]);
    expect(accepted.status, accepted.stderr).toBe(0);
    const [id = ''] = accepted.stdout.split(' ');
    const watched = await advocate(['jobs', 'watch', `tenants/shop/importJobs/${id}`, ...to]);
    expect(watched.status, watched.stderr).toBe(1);
    expect(watched.stdout).toContain(`Job ${id} completed`);
    expect(watched.stdout).toContain('First errors:\n  record 4: ');
    expect((await advocate(['jobs', 'list', ...tenant])).stdout).toMatch(new RegExp(`^ID .*\\n${id}  users  COMPLETED .* May\\n$`));
    expect(json(await advocate(['jobs', 'list', '--json', ...tenant]))).toMatchObject({ importJobs: [{ id }] });
    expect(json(await advocate(['jobs', 'list', '--json', '--tenant', 'nobody', ...to]))).toEqual({ importJobs: [] });
    const shown = (await advocate(['jobs', 'get', id, ...tenant])).stdout;
    expect(shown).toMatch(/^ {2}name +May$/m);
    expect(shown).toMatch(/^Errors by cause:\n {2}1 × .+\n {4}record 4, line 4, /m);
    expect(json(await advocate(['jobs', 'get', id, '--json', ...tenant]))).toMatchObject({
      id,
      errorDigest: { causes: [{ count: 1 }], errors: 1 },
    });
    const downloaded = await advocate(['jobs', 'download', id, '--out', 'out', ...tenant]);
    expect(downloaded).toEqual({
      status: 0,
      stdout: `out/${id}.results.csv\nout/${id}.errors.csv\nout/${id}.failed-rows.csv\n`,
      stderr: '',
    });
    expect((await readdir(join(folder, 'out'))).sort()).toEqual([`${id}.errors.csv`, `${id}.failed-rows.csv`, `${id}.results.csv`]);
  });

  test('lists jobs by type, status and time, and deletes one with its files', async () => {
    await write('users.csv', goodRows);
    const tenant = ['--tenant', 'filters', ...to];
    const ids = [];
    for (const type of ['users', 'deletions']) {
      const ended = json(await advocate(['import', type, 'users.csv', '--json', ...tenant]));
      ids.push((ended as { readonly job?: { readonly id: string }; readonly id?: string }).id ?? '');
    }
    const listed = async (...filter: string[]) => {
      const { importJobs } = json(await advocate(['jobs', 'list', '--json', ...filter, ...tenant])) as {
        readonly importJobs: { id: string }[];
      };
      return importJobs.map(({ id }) => id);
    };
    expect(await listed()).toEqual(ids.toReversed());
    expect(await listed('--type', 'users')).toEqual([ids[0]]);
    expect(await listed('--type', 'deletions', '--status', 'completed', '--since', '1h')).toEqual([ids[1]]);
    expect(await listed('--status', 'aborted')).toEqual([]);
    expect(await listed('--since', '2999-01-01')).toEqual([]);
    const deleted = await advocate(['jobs', 'delete', ids[0]!, ...tenant]);
    expect(deleted).toEqual({ status: 0, stdout: `Job ${ids[0]} is deleted, with its files.\n`, stderr: '' });
    expect(await listed()).toEqual([ids[1]]);
    expect(await advocate(['jobs', 'delete', ids[0]!, ...tenant])).toMatchObject({ status: 2, stdout: '' });
  });

  test('finds participants, and lists their referrals', async () => {
    const people = [
      'accountId,id,firstName,email,referralCodes.default,referredBy.code',
      'a1,u1,Bo,Bo@example.com,BOKNOWS,',
      'a2,u2,,,,BOKNOWS',
    ];
    await write('users.csv', people.join('\n'));
    const tenant = ['--tenant', 'find', ...to];
    expect((await advocate(['import', 'users', 'users.csv', ...tenant])).status).toBe(0);
    const bo = { status: 0, stderr: '', stdout: 'ACCOUNT  ID  EMAIL           NAME\na1       u1  Bo@example.com  Bo\n' };
    for (const by of [
      ['--id', 'u1'],
      ['--email', 'BO@EXAMPLE.COM'],
      ['--code', 'boknows'],
    ]) {
      expect(await advocate(['participants', 'find', ...by, ...tenant])).toEqual(bo);
    }
    expect(json(await advocate(['participants', 'find', '--id', 'u2', '--json', ...tenant]))).toMatchObject({
      participants: [{ id: 'u2' }],
    });
    expect((await advocate(['participants', 'find', '--id', 'a1', ...tenant])).stdout).toBe('No participants.\n');
    expect(await advocate(['participants', 'find', '--code', 'NOBODYS', ...tenant])).toMatchObject({ status: 2, stdout: '' });
    const referrals = await advocate(['participants', 'referrals', 'a1', 'u1', ...tenant]);
    expect(referrals.stdout).toMatch(/^DATE .*\n\S+Z  \S+ +BOKNOWS  a1\/u1 +a2\/u2\n$/);
    await advocate(['import', 'deletions', '-', '--format', 'csv', ...tenant], 'accountId,id\na2,u2\n');
    expect((await advocate(['participants', 'referrals', 'a1', 'u1', ...tenant])).stdout).toMatch(/ BOKNOWS +a1\/u1 +\(deleted\)\n$/);
  });

  test('reads standard input', async () => {
    const ended = await advocate(['import', 'users', '-', '--format', 'csv', '--tenant', 'stdin', ...to], goodRows);
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stdout).toContain('2 rows, 0 failed.');
  });

  test('the same request id gives the same job', async () => {
    await write('users.csv', goodRows);
    const ids = [];
    for (let time = 0; time < 2; time++) {
      const ended = await advocate(['import', 'users', 'users.csv', '--request-id', 'once', '--no-wait', '--json', ...to]);
      ids.push(json(ended).id);
    }
    expect(ids[0]).toBe(ids[1]);
  });

  test('an interrupted import goes on in the server, until it is cancelled', async () => {
    await write('users.csv', manyRows);
    await using engine = await joinEmbeddedEngine({ dataDir });
    const held = holdWrites(dataDir, 'participants.db');
    const run = new Run(['import', 'users', 'users.csv', '--tenant', 'long', ...to]);
    const [, id = ''] = await run.says(/Job ([0-9a-f]{24}) accepted/);
    run.process.kill('SIGINT');
    const interrupted = await run.ended;
    expect(interrupted).toMatchObject({ status: 130, stdout: '' });
    expect(interrupted.stderr).toContain(`the job goes on; follow it with advocate jobs watch tenants/long/importJobs/${id}\n`);
    const cancelling = advocate(['jobs', 'cancel', id, '--tenant', 'long', ...to]);
    await expect.poll(() => engine.jobs.get('long', id)).toMatchObject({ cancelRequested: true });
    held[Symbol.dispose]();
    const cancelled = await cancelling;
    expect(cancelled.status, cancelled.stderr).toBe(0);
    expect(cancelled.stdout).toContain(`Job ${id} was cancelled`);
    const watched = await advocate(['jobs', 'watch', id, '--tenant', 'long', ...to]);
    expect(watched.status).toBe(2);
    expect(watched.stderr).toContain('The job was cancelled.');
  });

  test('a job whose file was gone goes on once it is back, and no other job is resumed', async () => {
    await write('users.csv', manyRows);
    const tenant = ['--tenant', 'aborted', ...to];
    const held = holdWrites(dataDir, 'participants.db');
    const accepted = json(await advocate(['import', 'users', 'users.csv', '--no-wait', '--json', ...tenant]));
    const id = String(accepted.id);
    const stored = join(dataDir, 'files', String(accepted.fileRef));
    await rename(stored, join(folder, 'kept.csv'));
    held[Symbol.dispose]();
    for (const command of ['watch', 'resume']) {
      const aborted = await advocate(['jobs', command, id, ...tenant]);
      expect(aborted.status, aborted.stderr).toBe(2);
      expect(aborted.stderr).toContain('The job was aborted: There is no file');
    }
    await rename(join(folder, 'kept.csv'), stored);
    const resumed = await advocate(['jobs', 'resume', id, ...tenant]);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(resumed.stdout).toContain('150,000 rows, 0 failed.');
    expect(await advocate(['jobs', 'resume', id, ...tenant])).toEqual({
      status: 2,
      stdout: '',
      stderr: `Job ${id} is COMPLETED; only a job that is ABORTED can be resumed.\n`,
    });
  });

  test('the upload of a large file goes on where it stood when its connection broke', async () => {
    const rows = Array.from({ length: 90_000 }, (_, row) => `u${row},a${row >> 2},u${row}@example.com,${'x'.repeat(200)}`);
    await write('large.csv', `${header},note\n${rows.join('\n')}\n`);
    await using proxy = await startProxy(Number(to[1]!.split(':')[1]), 10_000_000);
    const ended = await advocate(['import', 'users', 'large.csv', '--tenant', 'large', '--server', `localhost:${proxy.port}`]);
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('The server is gone; the upload goes on when it is back.');
    expect(ended.stdout).toContain('90,000 rows, 0 failed.');
    // The whole file once, and again what came after the last part that was stored.
    const bytes = Buffer.byteLength(rows.join('\n'));
    expect(proxy.forwarded()).toBeGreaterThan(bytes);
    expect(proxy.forwarded()).toBeLessThan(bytes + 9_000_000);
  });

  test('an upload that is interrupted creates no job', async () => {
    const run = new Run(['import', 'users', '-', '--format', 'csv', '--tenant', 'broken', ...to]);
    run.process.stdin.on('error', () => {});
    const typing = setInterval(() => run.process.stdin.write(goodRows), 50);
    await run.says(/^uploaded /m);
    clearInterval(typing);
    run.process.kill('SIGINT');
    expect(await run.ended).toMatchObject({ status: 130, stdout: '' });
    expect((await advocate(['jobs', 'list', '--tenant', 'broken', ...to])).stdout).toBe('No jobs.\n');
  });

  test('a job that does not exist is said so', async () => {
    const id = 'f'.repeat(24);
    for (const command of ['get', 'watch', 'cancel', 'resume', 'download']) {
      const ended = await advocate(['jobs', command, id, ...to]);
      expect(ended).toMatchObject({ status: 2, stdout: '' });
      expect(ended.stderr).toContain(id);
    }
  });

  test('the data folder belongs to the server, and so does the port', async () => {
    const folderTaken = await advocate(['jobs', 'list', '--data', dataDir]);
    expect(folderTaken).toMatchObject({ status: 2, stdout: '' });
    expect(folderTaken.stderr).toContain(dataDir);
    const port = to[1]!.split(':')[1]!;
    const portTaken = await advocate(['serve', '--data', 'other', '--grpc-port', port]);
    expect(portTaken).toEqual({ status: 2, stdout: '', stderr: `Port ${port} is taken; choose another with --grpc-port.\n` });
    const httpPortTaken = await advocate(['serve', '--data', 'other', '--grpc-port', '0', '--http-port', port]);
    expect(httpPortTaken).toEqual({ status: 2, stdout: '', stderr: `Port ${port} is taken; choose another with --http-port.\n` });
  });
});

test('has job events sent to an address, lists them, and has them sent again', async () => {
  await using receiver = await startReceiver((response, _, count) => void response.writeHead(count === 1 ? 500 : 200).end());
  const env = { ...process.env, ADVOCATE_WEBHOOK_ALLOW_PRIVATE: 'true' };
  const server = new Run(['serve', '--data', 'data', '--grpc-port', '0', '--http-port', 'off'], { env });
  const [, port] = await server.says(/gRPC .*:(\d+)/);
  const address = ['--server', `localhost:${port}`];
  const webhooks = (...args: readonly string[]): Promise<Ended> => advocate(['webhooks', ...args, ...address]);
  expect((await webhooks('list')).stdout).toBe('No webhooks.\n');
  const refused = await webhooks('create', 'ftp://example.com', '--secret', 'short');
  expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('The secret has 5 characters') });
  const created = await webhooks('create', receiver.url, '--event', 'completed', '--event', 'aborted');
  const [, id = '', secret = ''] =
    /^Webhook ([0-9a-f]{24}) is told of completed,aborted\.\n.*: ([0-9a-f]{64})\n$/.exec(created.stdout) ?? [];
  const listed = await webhooks('list');
  expect(listed.stdout).toMatch(new RegExp(`^ID .*\n${id}  \\S+Z  completed,aborted  ${receiver.url}\n$`));
  expect(listed.stdout).not.toContain(secret);
  expect((await webhooks('deliveries', id)).stdout).toBe('No deliveries.\n');

  await write('users.csv', goodRows);
  const imported = json(await advocate(['import', 'users', 'users.csv', '--json', ...address]));
  const table = new RegExp(`^DATE .*\n\\S+Z  ${String(imported.id)}  COMPLETED  DELIVERED      2$`, 'm');
  await vi.waitFor(async () => expect((await webhooks('deliveries', id)).stdout).toMatch(table), { timeout: 20_000 });
  expect(await webhooks('replay', id, '--failed')).toEqual({ status: 0, stdout: '0 events will be sent again.\n', stderr: '' });
  expect(json(await webhooks('replay', id, '--since', '1h', '--json'))).toEqual({ replayed: 1 });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(3), { timeout: 20_000 });
  expect(json(await webhooks('deliveries', id, '--json'))).toMatchObject({ deliveries: [{ eventId: `${String(imported.id)}/COMPLETED` }] });

  expect((await webhooks('delete', id)).stdout).toBe(`Webhook ${id} is deleted.\n`);
  expect(await webhooks('deliveries', id)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('There is no webhook') });
  expect(await webhooks('delete', 'all')).toMatchObject({ status: 2, stderr: expect.stringContaining("'all' names no webhook") });
  server.process.kill('SIGTERM');
  expect((await server.ended).status).toBe(0);
});

test('lists messages that could not be decoded, and sends them again', async () => {
  const server = new Run(['serve', '--data', 'data', '--grpc-port', '0', '--http-port', '0']);
  const [, port] = await server.says(/gRPC .*:(\d+)/);
  const address = ['--server', `localhost:${port}`];
  expect((await advocate(['dead-letters', 'list', ...address])).stdout).toBe('No dead letters.\n');
  {
    await using engine = await joinEmbeddedEngine({ dataDir: join(folder, 'data') });
    await engine.log.publish('rows.users', [{ key: 'k', partition: 0, value: Buffer.from('garbage') }]);
  }
  const list = async (): Promise<{ readonly name: string }[]> =>
    (JSON.parse((await advocate(['dead-letters', 'list', '--json', ...address])).stdout) as { deadLetters: { name: string }[] })
      .deadLetters;
  await vi.waitFor(async () => expect(await list()).toHaveLength(1), { timeout: 20_000 });
  const [letter] = await list();
  expect(letter).toMatchObject({ topic: 'rows.users', key: 'k', size: 7, reason: expect.stringMatching(/^It is no row chunk/) });
  expect((await advocate(['dead-letters', 'list', ...address])).stdout).toMatch(/^ID .*\n.* rows\.users\/0 .*It is no row chunk/);

  const id = letter!.name.replace('deadLetters/', '');
  expect(await advocate(['dead-letters', 'replay', id, ...address])).toMatchObject({
    status: 0,
    stdout: `Dead letter ${id} was sent again.\n`,
  });
  await vi.waitFor(async () => expect(await list()).toHaveLength(2), { timeout: 20_000 });
  const missing = await advocate(['dead-letters', 'replay', '999', ...address]);
  expect(missing.status).toBe(2);
  expect(missing.stderr).toContain('There is no dead letter deadLetters/999');
});

test('an import waits for a server that restarts', async () => {
  await write('users.csv', manyRows);
  const serve = (port: string): Run => new Run(['serve', '--data', 'data', '--grpc-port', port, '--http-port', 'off']);
  const first = serve('0');
  const [, address = '', port = ''] = await first.says(/^gRPC on (127\.0\.0\.1:(\d+))$/m);
  const run = new Run(['import', 'users', 'users.csv', '--server', address]);
  await run.says(/accepted/);
  first.process.kill('SIGKILL');
  await run.says(/The server is gone; waiting for it to come back\./);
  const second = serve(port);
  const ended = await run.ended;
  expect(ended.status, ended.stderr).toBe(0);
  expect(ended.stdout).toContain('150,000 rows, 0 failed.');
  second.process.kill('SIGINT');
  expect((await second.ended).status).toBe(0);
});
