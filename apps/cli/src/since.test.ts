import { expect, test } from 'vitest';
import { readSince } from './since.ts';

const now = Date.UTC(2026, 4, 31, 12);

test.each<[string, number]>([
  ['2026-05-31', Date.UTC(2026, 4, 31)],
  ['2026-05-31T09:30', Date.UTC(2026, 4, 31, 9, 30)],
  ['2026-05-31T09:30:05Z', Date.UTC(2026, 4, 31, 9, 30, 5)],
  ['2026-05-31T09:30+02:00', Date.UTC(2026, 4, 31, 7, 30)],
  ['90m', now - 90 * 60_000],
  ['36h', now - 36 * 3_600_000],
  ['7d', now - 7 * 86_400_000],
])('%s is a time', (text, time) => {
  expect(readSince(text, now)).toBe(time);
});

test.each(['yesterday', '7', '7 d', '-7d', '31.5.2026', '2026-13-01', '2026-05-31 09:30', ''])('%j is none', (text) => {
  expect(readSince(text, now)).toBeUndefined();
});
