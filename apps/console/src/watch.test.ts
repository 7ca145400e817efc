import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { ImportJobServiceServer, WatchImportJobRequest, WatchImportJobResponse } from '@advocate/contracts';
import { ImportJob, ImportJobServiceService } from '@advocate/contracts';
import { startGrpcServer } from '@advocate/service';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ask, errorOf, serveGateway } from './test-support.ts';

type Watch = ServerWritableStream<WatchImportJobRequest, WatchImportJobResponse>;

/** Services of which each watch is handed to the test, with a gateway before them. */
async function serveWatches(): Promise<{ readonly port: number; readonly watched: Promise<Watch> }> {
  const { promise: watched, resolve } = Promise.withResolvers<Watch>();
  const implementation: Pick<ImportJobServiceServer, 'watchImportJob' | 'getImportJob'> = {
    watchImportJob: resolve,
    getImportJob: (_call, callback) => callback({ code: status.INTERNAL, details: 'at Object.<anonymous> (/srv/secret.ts)' }),
  };
  const server = await startGrpcServer('127.0.0.1', 0, [{ definition: ImportJobServiceService, implementation }]);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { port: await serveGateway({ grpcPort: server.port }), watched };
}

async function openWatch(
  port: number,
  watched: Promise<Watch>,
): Promise<{ readonly incoming: IncomingMessage; readonly call: Watch; said(): string }> {
  const asked = request({ host: '127.0.0.1', port, path: '/api/tenants/default/importJobs/1/watch' });
  asked.end();
  const call = await watched;
  call.write({});
  const [incoming] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  incoming.setEncoding('utf8').on('data', (block: string) => (text += block));
  incoming.on('error', () => {});
  return { incoming, call, said: () => text };
}

/** How much the other side of a watch takes before it takes no more for a while; it is not offered more than 100 MB. */
async function megabytesTaken(call: Watch): Promise<number> {
  const importJob = ImportJob.fromPartial({ warnings: ['x'.repeat(100_000)] });
  for (let sent = 1; sent < 1000; sent += 1) {
    if (call.write({ importJob })) continue;
    const drained = await once(call, 'drain', { signal: AbortSignal.timeout(500) }).catch(() => undefined);
    if (drained === undefined) return sent / 10;
  }
  return 100;
}

test('a watch is cancelled in the services when the browser goes away', async () => {
  const { port, watched } = await serveWatches();
  const { incoming, call } = await openWatch(port, watched);
  expect(call.cancelled).toBe(false);
  incoming.destroy();
  await expect.poll(() => call.cancelled).toBe(true);
});

test('a watch on which nothing happens is kept open by a comment now and then', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { port, watched } = await serveWatches();
  const { call, said } = await openWatch(port, watched);
  vi.advanceTimersByTime(15_000);
  await expect.poll(() => said()).toMatch(/^retry: \d+\n\ndata: .*\n\n:\n\n$/);
  call.end();
  await expect.poll(() => said()).toContain('event: end\n');
});

test('a browser that does not read holds the services back', async () => {
  const { port, watched } = await serveWatches();
  const { incoming, call } = await openWatch(port, watched);
  incoming.pause();
  expect(await megabytesTaken(call)).toBeLessThan(30);
  incoming.destroy();
  await expect.poll(() => call.cancelled).toBe(true);
});

test('of what fails inside the services nothing is told', async () => {
  const { port } = await serveWatches();
  const answer = await ask(port, '/api/tenants/default/importJobs/1');
  expect(answer.status).toBe(500);
  expect(errorOf(answer)).toMatchObject({ code: 'INTERNAL', reason: 'INTERNAL' });
  expect(answer.body.toString()).not.toContain('secret');
});

test('what the services do not know is said to be unknown to them', async () => {
  const { port } = await serveWatches();
  const answer = await ask(port, '/api/tenants/default/segments');
  expect(answer.status).toBe(501);
  expect(errorOf(answer).message).toContain('Upgrade');
});
