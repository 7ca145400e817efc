import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ask, errorOf, serveGateway } from './test-support.ts';

const files = {
  'index.html': '<!doctype html><title>Console</title>',
  'assets/app-1a2b.js': 'export const answer = 42;\n'.repeat(100),
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

describe('the web app', () => {
  test('has its page under every path that is a place, and under no other', async () => {
    const port = await serveGateway({ files });
    for (const path of ['/', '/index.html', '/jobs/0123', '/participants?email=a@example.com']) {
      const answer = await ask(port, path);
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } });
      expect(answer.body.toString()).toBe(files['index.html']);
    }
    expect((await ask(port, '/accounts/acme.example', { Accept: 'text/html,*/*' })).status).toBe(200);
    for (const path of [
      '/favicon.ico',
      '/assets/app-old.js',
      '/assets/app-old',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/package.json',
      '/api',
    ]) {
      expect((await ask(port, path)).status, path).toBe(404);
    }
  });

  test('has files that may be kept for good, and are sent packed', async () => {
    const port = await serveGateway({ files });
    const plain = await ask(port, '/assets/app-1a2b.js');
    const packed = await ask(port, '/assets/app-1a2b.js', { 'Accept-Encoding': 'gzip, br' });
    expect(plain.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    });
    expect(plain.body.toString()).toBe(files['assets/app-1a2b.js']);
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(packed.body)).toEqual(plain.body);
    expect(packed.body.length).toBeLessThan(plain.body.length / 5);
  });

  test('is not sent again while it is the same', async () => {
    const port = await serveGateway({ files });
    const { etag = '' } = (await ask(port, '/icon.svg')).headers;
    expect(await ask(port, '/icon.svg', { 'If-None-Match': etag })).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  });

  test('says that it is not built when it is not', async () => {
    const answer = await ask(await serveGateway(), '/');
    expect(answer).toMatchObject({ status: 503 });
    expect(answer.body.toString()).toContain('not built');
  });
});

test.each([
  '/',
  '/assets/app-1a2b.js',
  '/nothing.txt',
  '/api/templates/users.csv',
  '/api/nothing',
  '/api/tenants/default/importJobs',
  '/files/x',
])('every answer is under the content security policy: %s', async (path) => {
  const { headers } = await ask(await serveGateway({ files }), path);
  const policy = headers['content-security-policy'] as string;
  expect(policy.split('; ')).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]));
  expect(policy).not.toMatch(/unsafe|\*|http/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
});

describe('while the services are away', () => {
  test('says so, with nothing of the inside', async () => {
    const port = await serveGateway();
    for (const path of [
      'importJobs',
      'importJobs/1',
      'importJobs/1/watch',
      'importJobs/1/files/results',
      'uploads/1',
      'segments',
      'account?id=a',
      'referrals?account=a&id=a',
    ]) {
      const answer = await ask(port, `/api/tenants/default/${path}`);
      expect(answer.status, path).toBe(503);
      expect(errorOf(answer)).toMatchObject({ code: 'UNAVAILABLE', reason: 'SERVER_AWAY' });
      expect(answer.body.toString()).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|grpc/i);
    }
  });

  test('serves what needs none', async () => {
    const port = await serveGateway({ files });
    const status = await ask(port, '/api/status');
    expect(JSON.parse(status.body.toString())).toEqual({ tenant: 'default', version: '1.2.3', maxFileBytes: 1000, serving: false });
    expect((await ask(port, '/')).status).toBe(200);
    const page = await ask(port, '/files/some-token');
    expect(page).toMatchObject({ status: 503, headers: { 'content-type': 'text/html; charset=UTF-8' } });
    expect(page.body.toString()).toContain('cannot be downloaded now');
  });
});

describe('a body', () => {
  const jobs = '/api/tenants/default/importJobs';
  const own = { 'X-Advocate-Console': '1' };

  test('of more than 64 kB is refused', async () => {
    const port = await serveGateway();
    const answer = await ask(port, jobs, own, 'POST', JSON.stringify({ requestId: 'x'.repeat(65_536) }));
    expect(answer.status).toBe(413);
    expect(errorOf(answer).reason).toBe('TOO_LARGE');
  });

  test.each(['', '{', '[]', 'null', '"text"', '{"importJob":{"type":"NO_TYPE"}}'])('that is no request is refused: %s', async (body) => {
    const answer = await ask(await serveGateway(), jobs, own, 'POST', body);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).reason).toBe('INVALID_BODY');
  });

  test('that does not arrive within ten seconds ends the connection', async () => {
    const port = await serveGateway();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const slow = request({ host: '127.0.0.1', port, path: jobs, method: 'POST', headers: { ...own, 'Content-Length': 100 } });
    let error: unknown;
    slow.once('error', (reason) => (error = reason)).write('{');
    await vi.waitFor(() => {
      vi.advanceTimersByTime(10_000);
      expect(error).toMatchObject({ code: 'ECONNRESET' });
    });
  });
});

test('a query with a count that is none is refused', async () => {
  const port = await serveGateway();
  for (const count of ['-1', '1.5', 'x', '99999999999999999999']) {
    expect((await ask(port, `/api/tenants/default/importJobs?pageSize=${count}`)).status, count).toBe(400);
  }
});
