import { describe, expect, it } from 'vitest';
import { isSegmentOperation, parseSegmentOperations } from './segment-operations.ts';

describe('segment operations', () => {
  it.each(['vip', '~vip', '~*', 'A_b-9', '_', 'x'.repeat(64), `~${'x'.repeat(64)}`])('accepts %j', (operation) => {
    expect(isSegmentOperation(operation)).toBe(true);
  });

  it.each(['', '~', '*', '~~vip', '~*vip', 'a b', ' vip', 'vip\n', 'é', '+vip', 'x'.repeat(65), `~${'x'.repeat(65)}`])(
    'refuses %j',
    (operation) => {
      expect(isSegmentOperation(operation)).toBe(false);
    },
  );

  it('keeps the order and repetitions of operations', () => {
    expect(parseSegmentOperations(['~*', 'b', 'a', 'b'])).toStrictEqual({ row: ['~*', 'b', 'a', 'b'] });
  });

  it.each([
    ['a b', "Invalid segment operation: 'a b'; write a segment's key, '~' and a key, or '~*'"],
    [5, "Invalid segment operation: '5'; write a segment's key, '~' and a key, or '~*'"],
    [null, "Invalid segment operation: 'null'; write a segment's key, '~' and a key, or '~*'"],
    ['a\n'.repeat(100), `Invalid segment operation: '${'a\uFFFD'.repeat(32)}…'; write a segment's key, '~' and a key, or '~*'`],
  ])('names the bad operation %j', (operation, message) => {
    expect(parseSegmentOperations(['vip', operation])).toMatchObject({ error: { message, apiErrorCode: 'BAD_REQUEST', statusCode: 400 } });
  });

  it.each(['vip', {}, 5])('refuses %j, which is no list', (value) => {
    expect(parseSegmentOperations(value)).toMatchObject({ error: { message: 'The provided segments field is invalid' } });
  });
});
