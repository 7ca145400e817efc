import { expect, test } from 'vitest';
import { fromKafkaMessage, toKafkaMessage, unreadableVersion } from './message-format.ts';

const version = (text: string) => ({ 'advocate-version': Buffer.from(text) });

test('a message says the version of its format, and shares the bytes that it was given', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const { headers, value } = toKafkaMessage({ key: 'k', partition: 2, value: bytes.subarray(1, 3) });
  expect(headers).toEqual({ 'advocate-version': '1' });
  bytes[1] = 9;
  expect([...(value as Buffer)]).toEqual([9, 3]);
});

test('versions of this major and below can be read, and a message without a version', () => {
  for (const headers of [undefined, {}, version('1'), version('1.7'), version('0.9')]) expect(unreadableVersion(headers)).toBeUndefined();
});

test('a higher major version cannot be read, and the reason says what to do', () => {
  const told = 'this release reads versions up to 1; update it, then replay the message';
  expect(unreadableVersion(version('2'))).toBe(`The message has version 2 of the format, and ${told}`);
  expect(unreadableVersion(version('10.3'))).toBe(`The message has version 10.3 of the format, and ${told}`);
});

test('what is no version cannot be read', () => {
  for (const text of ['', 'one', '1.x', '-1', '1e9']) expect(unreadableVersion(version(text))).toContain(`and is "${text}"`);
});

test('the last version counts where there are several', () => {
  expect(unreadableVersion({ 'advocate-version': ['2', Buffer.from('1')] })).toBeUndefined();
  expect(unreadableVersion({ 'advocate-version': ['1', '2'] })).toBeDefined();
});

test('a message of others may lack key and value', () => {
  const bare = { key: null, value: null, timestamp: '0', attributes: 0, offset: '0', headers: {} };
  expect(fromKafkaMessage('rows.users', 3, bare)).toEqual({ topic: 'rows.users', partition: 3, key: '', value: new Uint8Array(0) });
});
