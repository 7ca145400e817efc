import { expect, test } from 'vitest';
import { formatBytes, formatCount } from './numbers.ts';

test('numbers have separators, and nouns their plural', () => {
  expect([0, 1, 12_345, 1_234_567].map((value) => formatCount(value, 'row'))).toEqual(['0 rows', '1 row', '12,345 rows', '1,234,567 rows']);
});

test('bytes have three digits or so', () => {
  expect([0, 999, 1000, 1_234_567, 99_940_000, 99_950_000, 340_200_000, 999_600, 2e9, 5e15].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 MB',
    '99.9 MB',
    '100 MB',
    '340 MB',
    '1.0 MB',
    '2.0 GB',
    '5,000 TB',
  ]);
});
