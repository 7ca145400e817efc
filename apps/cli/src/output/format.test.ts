import { expect, test } from 'vitest';
import { formatTable, formatTime, plainText } from './format.ts';

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
