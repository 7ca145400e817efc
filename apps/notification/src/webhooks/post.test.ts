import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { lookupPublic, post } from './post.ts';
import { startReceiver } from '@advocate/testing';

const plain = { headers: { 'content-type': 'text/plain' }, body: 'größe', allowPrivate: true };
const patience = (ms = 5000): AbortSignal => AbortSignal.timeout(ms);

async function receiving(...args: Parameters<typeof startReceiver>): Promise<Awaited<ReturnType<typeof startReceiver>>> {
  const receiver = await startReceiver(...args);
  onTestFinished(() => receiver[Symbol.asyncDispose]());
  return receiver;
}

test('posts the body with its headers and length, and answers the status', async () => {
  const { url, received } = await receiving((response) => void response.writeHead(202).end('thanks'));
  expect(await post({ ...plain, url, signal: patience() })).toBe(202);
  expect(received).toMatchObject([{ body: 'größe', headers: { 'content-type': 'text/plain', 'content-length': '7' } }]);
});

test('does not follow a redirect', async () => {
  const target = await receiving();
  const { url } = await receiving((response) => void response.writeHead(307, { location: target.url }).end());
  expect(await post({ ...plain, url, signal: patience() })).toBe(307);
  expect(target.received).toEqual([]);
});

test('reads no more than a little of an answer that never ends', async () => {
  let written = 0;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const { url } = await receiving(async (response) => {
    response.on('close', resolve);
    response.writeHead(200);
    const block = Buffer.alloc(64 * 1024);
    while (!response.destroyed) {
      written += block.length;
      if (!response.write(block)) await Promise.race([once(response, 'drain'), closed]);
    }
  });
  expect(await post({ ...plain, url, signal: patience() })).toBe(200);
  await closed;
  expect(written).toBeLessThan(16 << 20);
});

test('waits for an answer until it is told not to', async () => {
  const { url } = await receiving(() => {});
  await expect(post({ ...plain, url, signal: patience(50) })).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});

test('takes the status of an answer that stalls, once there is no more time for it', async () => {
  const { url } = await receiving((response) => void response.writeHead(201, { 'content-length': 100 }).write('and then'));
  expect(await post({ ...plain, url, signal: patience(1000) })).toBe(201);
});

test('throws what the connection fails by', async () => {
  const server = createServer((socket) => socket.destroy());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(post({ ...plain, url: `http://127.0.0.1:${port}`, signal: patience() })).rejects.toThrow('socket hang up');
  await new Promise((resolve) => server.close(resolve));
  await expect(post({ ...plain, url: `http://127.0.0.1:${port}`, signal: patience() })).rejects.toThrow('ECONNREFUSED');
});

test('speaks TLS to https, and only with who has a certificate', async () => {
  const { url, received } = await receiving();
  await expect(post({ ...plain, url: url.replace('http:', 'https:'), signal: patience() })).rejects.toThrow(/SSL|EPROTO|wrong version/i);
  expect(received).toEqual([]);
});

test.for(['127.0.0.1', '127.1', '0x7f.1', '2130706433', '017700000001', '[::1]', '[::ffff:127.0.0.1]', 'localhost'])(
  'sends nothing to %s while private addresses are not allowed',
  async (host) => {
    const { url, received } = await receiving();
    const { port } = new URL(url);
    const posted = post({ ...plain, url: `http://${host}:${port}/`, allowPrivate: false, signal: patience() });
    await expect(posted).rejects.toThrow('is inside a private network; see ADVOCATE_WEBHOOK_ALLOW_PRIVATE');
    expect(received).toEqual([]);
  },
);

test('a name has its addresses of the internet only, one or all of them as Node asks', async () => {
  const find = (name: string, all: boolean): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lookupPublic(name, { all }, (error, address, family) =>
        error === null ? resolve(all ? address : [address, family]) : reject(error),
      );
    });
  for (const all of [true, false]) await expect(find('localhost', all)).rejects.toThrow(/^The address (127\.0\.0\.1|::1) is inside/);
  // An address is its own name, and needs no name server.
  expect(await find('93.184.216.34', true)).toEqual([{ address: '93.184.216.34', family: 4 }]);
  expect(await find('93.184.216.34', false)).toEqual(['93.184.216.34', 4]);
});
