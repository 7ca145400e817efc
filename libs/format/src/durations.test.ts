import { expect, test } from 'vitest';
import { formatClock, formatDuration } from './durations.ts';

test('durations get coarser as they get longer', () => {
  expect([-5, 8.4, 999.6, 1400, 9949, 9950, 12_300, 59_400, 59_600, 185_000, 7_620_000].map(formatDuration)).toEqual([
    '0 ms',
    '8 ms',
    '1.0 s',
    '1.4 s',
    '9.9 s',
    '10 s',
    '12 s',
    '59 s',
    '1 min 00 s',
    '3 min 05 s',
    '2 h 07 min',
  ]);
});

test('a clock that is looked at has no fractions and does not reach nothing', () => {
  expect([0, 400, 1400, 59_600, 185_000].map(formatClock)).toEqual(['1 s', '1 s', '1 s', '1 min 00 s', '3 min 05 s']);
});
