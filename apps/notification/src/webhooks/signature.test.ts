import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { signatureOf } from './signature.ts';

const secret = 'a secret for tests';
const body = '{"a":"ü"}';
const now = 1_767_225_600_999;

test('a signature has the time in seconds and the HMAC-SHA256 of it and the body', () => {
  // printf '1767225600.{"a":"ü"}' | openssl dgst -sha256 -hmac 'a secret for tests'
  expect(signatureOf(secret, body, now)).toBe('t=1767225600,v1=bfbca5a26ab8880d640b8a526aadcd43aeb11610ccddc4e89e3754d1fc70c833');
});

test('the example of the documentation tells genuine deliveries from others', async () => {
  const page = await readFile(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8');
  const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
  const { isGenuine } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    readonly isGenuine: (secret: string, header: string, body: string, now?: number) => boolean;
  };
  const header = signatureOf(secret, body, now);
  expect(isGenuine(secret, header, body, now / 1000 + 299)).toBe(true);
  expect(isGenuine(secret, signatureOf(secret, body, Date.now()), body)).toBe(true);
  expect(isGenuine(secret, header, `${body} `, now / 1000)).toBe(false);
  expect(isGenuine('another secret', header, body, now / 1000)).toBe(false);
  expect(isGenuine(secret, header, body, now / 1000 + 302)).toBe(false);
  expect(isGenuine(secret, header.replace('t=1', 't=2'), body, now / 1000)).toBe(false);
  expect(isGenuine(secret, 'nonsense', body, now / 1000)).toBe(false);
});
