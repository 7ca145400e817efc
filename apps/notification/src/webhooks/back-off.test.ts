import { expect, test } from 'vitest';
import { pauseAfter } from './back-off.ts';

const hourMs = 3600 * 1000;

/** Every pause, for a chance that is always the same. */
function pauses(random: number): number[] {
  const found: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const pause = pauseAfter(attempts, random);
    if (pause === undefined) return found;
    found.push(pause);
  }
}

test('the pauses double from a second up to an hour', () => {
  expect(pauses(0.5).slice(0, 13)).toEqual([...Array.from({ length: 12 }, (_, index) => 1000 * 2 ** index), hourMs]);
  expect(new Set(pauses(0.5).slice(12))).toEqual(new Set([hourMs]));
});

test('they add up to about a day, whatever chance says, and then there is none', () => {
  const hours = (random: number): number => pauses(random).reduce((sum, pause) => sum + pause, 0) / hourMs;
  expect(hours(0.5)).toBeCloseTo(24, 0);
  expect(hours(0)).toBeGreaterThan(19);
  expect(hours(0.999)).toBeLessThan(29);
  expect(pauses(0.5)).toHaveLength(35);
});

test('chance makes a pause shorter or longer by up to a fifth', () => {
  expect(pauseAfter(1, 0)).toBe(800);
  expect(pauseAfter(1, 0.999_999)).toBe(1200);
  expect(pauseAfter(20, 0)).toBe(0.8 * hourMs);
});
