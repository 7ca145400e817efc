import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatTable, formatTime, plainText } from './format.ts';

test('numbers have separators, and nouns their plural', () => {
  expect([formatCount(0, 'row'), formatCount(1, 'row'), formatCount(1_234_567, 'row')]).toEqual(['0 rows', '1 row', '1,234,567 rows']);
});

test('bytes have three digits or so', () => {
  expect([0, 999, 1000, 1_234_567, 99_940_000, 340_200_000, 999_600, 5e15].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 MB',
    '99.9 MB',
    '340 MB',
    '1.0 MB',
    '5,000 TB',
  ]);
});

test('durations get coarser as they get longer', () => {
  expect([-5, 8.4, 999.6, 1400, 9949, 9950, 59_400, 59_600, 185_000, 7_620_000].map(formatDuration)).toEqual([
    '0 ms',
    '8 ms',
    '1.0 s',
    '1.4 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min 00 s',
    '3 min 05 s',
    '2 h 07 min',
  ]);
});

test('times are ISO in UTC; none is empty, and one beyond all calendars is a number', () => {
  expect([0, 1_700_000_000_999, 1e17].map(formatTime)).toEqual(['', '2023-11-14T22:13:20Z', '100000000000000000']);
});

test('columns are aligned, numbers to the right, without spaces at the end', () => {
  const rows = [
    ['ID', 'ROWS', 'NAME'],
    ['a', '1,000', ''],
    ['bcd', '2', 'x'],
  ];
  expect(formatTable(rows, [1])).toEqual(['ID    ROWS  NAME', 'a    1,000', 'bcd      2  x']);
});

test('text from outside cannot act on the terminal', () => {
  expect(plainText('a\u001b[2Jb\nc\u009bd')).toBe('a [2Jb c d');
});
