import { describe, expect, test } from 'vitest';
import { ask, errorOf, serveGateway } from './test-support.ts';

const jobs = '/api/tenants/default/importJobs';
const template = '/api/templates/users.csv';
const own = { 'X-Advocate-Console': '1' };

describe('a page of another site', () => {
  test.each([
    ['reads', 'GET', jobs],
    ['downloads', 'GET', template],
    ['downloads a job’s file', 'GET', `${jobs}/1/files/results`],
    ['follows a job', 'GET', `${jobs}/1/watch`],
    ['starts a job', 'POST', jobs],
    ['deletes a job', 'DELETE', `${jobs}/1`],
    ['cancels a job', 'POST', `${jobs}/1/cancel`],
    ['uploads', 'PUT', '/api/tenants/default/uploads/1?offset=0'],
  ])('neither %s', async (_what, method, path) => {
    const port = await serveGateway();
    const disguises = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: `http://localhost:${port + 1}` },
    ];
    for (const disguise of disguises) {
      const answer = await ask(port, path, { ...own, ...disguise }, method);
      expect(answer.status, JSON.stringify(disguise)).toBe(403);
      expect(errorOf(answer)).toMatchObject({ code: 'PERMISSION_DENIED', reason: 'OTHER_SITE' });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('learns nothing of a file by HEAD', async () => {
    const port = await serveGateway();
    expect((await ask(port, template, { ...own, 'Sec-Fetch-Site': 'cross-site' }, 'HEAD')).status).toBe(403);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('is not asked to show a header in vain: %s without it is refused', async (method) => {
    const port = await serveGateway();
    expect(errorOf(await ask(port, jobs, {}, method))).toMatchObject({ reason: 'HEADER_MISSING' });
  });

  test('is told by no preflight that it may ask', async () => {
    const port = await serveGateway();
    const headers = {
      Origin: 'https://evil.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-advocate-console',
    };
    const answer = await ask(port, jobs, headers, 'OPTIONS');
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

test.each([
  ['the page itself', { 'Sec-Fetch-Site': 'same-origin' }],
  ['a typed address', { 'Sec-Fetch-Site': 'none' }],
  ['no browser', {}],
])('%s is served', async (_who, headers) => {
  const port = await serveGateway();
  for (const method of ['GET', 'HEAD']) expect((await ask(port, template, headers, method)).status, method).toBe(200);
  expect((await ask(port, template, { ...headers, Origin: `http://127.0.0.1:${port}` })).status).toBe(200);
});

describe('a foreign host name is refused, whatever is asked for', () => {
  test.each(['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example', 'a b', '[::1', 'localhost:1:2'])(
    '%s',
    async (host) => {
      const port = await serveGateway({ files: { 'index.html': '<!doctype html>' } });
      for (const path of ['/', '/api/status', '/files/x']) {
        const answer = await ask(port, path, { Host: host });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(404);
        expect(answer.body.toString()).not.toContain('doctype');
      }
    },
  );

  test.each(['localhost', 'LOCALHOST:1', '127.0.0.1:8080', '[::1]:8080', '192.168.1.9'])('but not %s', async (host) => {
    const port = await serveGateway();
    expect((await ask(port, template, { Host: host })).status).toBe(200);
  });

  test('nor the one under which a proxy serves the console', async () => {
    const port = await serveGateway({ publicUrl: new URL('https://bulk.example.com:8443/') });
    const proxied = { Origin: 'https://bulk.example.com:8443' };
    expect((await ask(port, template, { Host: 'bulk.example.com:8443', ...proxied })).status).toBe(200);
    expect((await ask(port, template, { Host: `127.0.0.1:${port}`, ...proxied })).status).toBe(200);
    expect((await ask(port, template, { Host: 'www.example.com', ...proxied })).status).toBe(403);
  });
});
