import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { UploadMessage } from '@advocate/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uploadPath } from './testing/console-client.ts';
import type { SpawnedConsole } from './testing/spawn-console.ts';
import { spawnConsole } from './testing/spawn-console.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite } from './testing/start-suite.ts';
import { until } from './testing/suite-client.ts';

const megabyte = 1_000_000;

let suite: Suite;
let console: SpawnedConsole;

beforeAll(async () => {
  suite = await startSuite({ maxFileBytes: 400 * megabyte });
  console = await spawnConsole(suite.port);
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await suite[Symbol.asyncDispose]();
});

/** A file of which any part can be made when it is needed: each block of it begins with its place. */
function* contentOf(bytes: number, from = 0): Generator<Buffer> {
  for (let at = from - (from % blockSize); at < bytes; at += blockSize) {
    yield Buffer.alloc(blockSize, `account-${at},user\n`).subarray(Math.max(0, from - at), bytes - at);
  }
}
const blockSize = 100_000;

function sha256Of(bytes: number): string {
  const hash = createHash('sha256');
  for (const block of contentOf(bytes)) hash.update(block);
  return hash.digest('hex');
}

async function begin(sizeBytes: number): Promise<UploadMessage> {
  return (await console.client.ask<UploadMessage>('POST', 'uploads', { filename: 'big.csv', sizeBytes })).body;
}

async function put(
  upload: UploadMessage,
  offset: number,
  body: Iterable<Buffer>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await console.client.fetch(`${uploadPath(upload)}?offset=${offset}`, {
    method: 'PUT',
    body: ReadableStream.from(body),
    duplex: 'half',
  });
  return { status: answer.status, body: await answer.json() };
}

/** The peak of a process's resident memory since it was last set back, in MB. */
function peakMb(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

describe('an upload', () => {
  // Only Linux tells another process's peak.
  test.runIf(process.platform === 'linux')('of 300 MB raises the memory of the console by less than 50 MB', async () => {
    // What is needed for any upload is loaded by then.
    await console.client.upload('accountId,id\na,u\n');
    const before = peakMb(console.pid);
    const size = 300 * megabyte;
    const upload = await begin(size);
    expect(await put(upload, 0, contentOf(size))).toMatchObject({ status: 200, body: { storedBytes: size } });
    const { body } = await console.client.ask('POST', `${uploadPath(upload)}/finish`);
    expect(body).toMatchObject({ sizeBytes: size, sha256: sha256Of(size) });
    const raised = peakMb(console.pid) - before;
    expect(raised).toBeLessThan(50);
  });

  test('that broke off in the middle goes on from what was stored', async () => {
    const size = 30 * megabyte;
    const upload = await begin(size);
    const { hostname, port } = new URL(console.url);
    const headers = { 'X-Advocate-Console': '1', 'Content-Length': size };
    const path = `/api/tenants/default/${uploadPath(upload)}?offset=0`;
    const broken = request({ hostname, port, path, method: 'PUT', headers });
    broken.on('error', () => {});
    for (const block of contentOf(17 * megabyte)) if (!broken.write(block)) await once(broken, 'drain');
    const look = async (): Promise<number> => (await console.client.ask<UploadMessage>('GET', uploadPath(upload))).body.storedBytes;
    await until(async () => ((await look()) > 8 * megabyte ? true : undefined), 'some parts to be stored');
    const closed = new Promise((resolve) => broken.once('close', resolve));
    broken.destroy();
    await closed;

    // What had arrived may still be on its way to the store.
    let stored = await look();
    const rest = await until(async () => {
      const answer = await put(upload, stored, contentOf(size, stored));
      if (answer.status === 409) stored = await look();
      return answer.status === 409 ? undefined : answer;
    }, 'the rest to be taken');
    expect(stored).toBeGreaterThan(8 * megabyte);
    expect(stored).toBeLessThanOrEqual(17 * megabyte);
    expect(rest).toMatchObject({ status: 200, body: { storedBytes: size } });
    const finished = await console.client.ask('POST', `${uploadPath(upload)}/finish`);
    expect(finished).toMatchObject({ status: 200, body: { sizeBytes: size, sha256: sha256Of(size) } });
  });

  test('takes no more than was announced, and nothing elsewhere than it stands', async () => {
    const upload = await begin(100);
    const tooLong = await console.client.fetch(`${uploadPath(upload)}?offset=0`, { method: 'PUT', body: 'x'.repeat(101) });
    expect(tooLong.status).toBe(413);
    const unannounced = await put(upload, 0, contentOf(5 * megabyte));
    expect(unannounced).toMatchObject({ status: 413, body: { error: { reason: 'TOO_LARGE' } } });
    const elsewhere = await put(upload, 50, contentOf(100, 50));
    expect(elsewhere).toMatchObject({ status: 409, body: { error: { code: 'OUT_OF_RANGE' } } });
    expect(await console.client.ask('POST', `${uploadPath(upload)}/finish`)).toMatchObject({
      status: 409,
      body: { error: { code: 'FAILED_PRECONDITION' } },
    });
    expect(await console.client.ask('GET', `${uploadPath(upload)}0`)).toMatchObject({ status: 404 });
    expect(await console.client.ask('POST', 'uploads', { filename: 'big.csv', sizeBytes: 401 * megabyte })).toMatchObject({ status: 400 });
  });
});
