import { expect, test } from 'vitest';
import { historyOf } from './progress-history.ts';

test('nothing stored is no point', () => {
  expect(historyOf([])).toEqual([]);
});

test('points add up in order of time, in whatever order they are given', () => {
  const stored = [
    { date: 30, rows: 5, failed: 1 },
    { date: 10, rows: 2, failed: 0 },
    { date: 20, rows: 3, failed: 3 },
  ];
  expect(historyOf(stored)).toEqual([
    { date: 10, records: 2, failed: 0 },
    { date: 20, records: 5, failed: 3 },
    { date: 30, records: 10, failed: 4 },
  ]);
});

test('what was stored at one time is one point', () => {
  const stored = Array.from({ length: 3 }, () => ({ date: 7, rows: 2, failed: 1 }));
  expect(historyOf(stored)).toEqual([{ date: 7, records: 6, failed: 3 }]);
});

test('of very many at most 200 are left, spread over the time, and the last has all rows', () => {
  const stored = Array.from({ length: 10_000 }, (_, index) => ({ date: 1_000_000 + index, rows: 2, failed: 1 }));
  const points = historyOf(stored);
  expect(points).toHaveLength(200);
  expect(points.at(-1)).toEqual({ date: 1_009_999, records: 20_000, failed: 10_000 });
  const steps = points.slice(1).map(({ date }, index) => date - points[index]!.date);
  expect(Math.max(...steps)).toBeLessThan(60);
  expect(points.every(({ date, records }) => records === 2 * (date - 1_000_000 + 1))).toBe(true);
});
