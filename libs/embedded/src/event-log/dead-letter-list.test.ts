import type { IncomingMessage } from '@advocate/ports';
import { expect, test } from 'vitest';
import { DeadLetterList } from './dead-letter-list.ts';

const message = (key: string, bytes = 1): IncomingMessage => ({ topic: 'rows.users', key, partition: 0, value: new Uint8Array(bytes) });
const keys = (list: DeadLetterList) => list.list(100).map(({ key }) => key);

test('the oldest messages make room when there are too many', () => {
  const list = new DeadLetterList({ messages: 2, bytes: 100 });
  for (const key of ['a', 'b', 'c']) list.add(message(key), 'reason');
  expect(keys(list)).toEqual(['c', 'b']);
  expect(list.find('1')).toBeUndefined();
  expect(list.find('3')?.key).toBe('c');
});

test('the oldest messages make room when they are too large together, and the newest is kept whatever its size', () => {
  const list = new DeadLetterList({ messages: 100, bytes: 10 });
  for (const [key, bytes] of [
    ['a', 4],
    ['b', 4],
    ['c', 4],
  ] as const)
    list.add(message(key, bytes), 'reason');
  expect(keys(list)).toEqual(['c', 'b']);
  list.add(message('large', 50), 'reason');
  expect(keys(list)).toEqual(['large']);
  list.add(message('small'), 'reason');
  expect(keys(list)).toEqual(['small']);
});
