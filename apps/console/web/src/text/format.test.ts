import { expect, test } from 'vitest';
import { formatBytes, formatClock, formatCount, formatDuration, formatShare, formatTick, formatTime, isoTime } from './format.ts';

test('counts have their noun', () => {
  expect(formatCount(1, 'row')).toBe('1 row');
  expect(formatCount(12_345, 'row')).toBe('12,345 rows');
});

test('sizes have about three digits', () => {
  expect([0, 999, 1000, 1_234_567, 99_950_000, 340_000_000, 2_000_000_000].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 MB',
    '100 MB',
    '340 MB',
    '2.0 GB',
  ]);
});

test('durations have the units that matter', () => {
  expect([8, 1400, 12_300, 185_000, 7_620_000].map(formatDuration)).toEqual(['8 ms', '1.4 s', '12 s', '3 min 05 s', '2 h 07 min']);
});

test('a clock that is looked at has no fractions and does not reach nothing', () => {
  expect([0, 400, 1400, 59_600, 185_000].map(formatClock)).toEqual(['1 s', '1 s', '1 s', '1 min 00 s', '3 min 05 s']);
});

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
