import { expect, test } from 'vitest';
import { formatShare, formatTick, formatTime, isoTime } from './format.ts';

test('an axis says no more than it must', () => {
  expect([0, 0.05, 0.5, 1.5, 15, 60, 150, 1800, 3600, 5400].map(formatTick)).toEqual([
    '0',
    '50 ms',
    '500 ms',
    '1.5 s',
    '15 s',
    '1 min',
    '2 min 30 s',
    '30 min',
    '1 h',
    '1 h 30 min',
  ]);
});

test('100 % means done', () => {
  expect(formatShare(999, 1000)).toBe('99%');
  expect(formatShare(1000, 1000)).toBe('100%');
  expect(formatShare(0, 0)).toBe('0%');
});

test('a time beyond all calendars is shown as the number it is', () => {
  expect(formatTime(9e15)).toBe('9000000000000000');
  expect(isoTime(9e15)).toBe('');
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
});
