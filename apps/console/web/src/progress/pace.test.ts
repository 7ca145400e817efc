import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('there is no rate before there are two samples half a second apart', () => {
  const pace = new Pace();
  expect(pace.rowsPerSecond).toBeUndefined();
  pace.add(0, 0, 0);
  pace.add(400, 1000, 1000);
  expect(pace.rowsPerSecond).toBeUndefined();
  pace.add(500, 1000, 1000);
  expect(pace.rowsPerSecond).toBe(2000);
});

test('the rate looks back ten seconds', () => {
  const pace = new Pace();
  for (let second = 0; second <= 60; second++) pace.add(second * 1000, second < 30 ? 0 : (second - 30) * 500, 0);
  expect(pace.rowsPerSecond).toBe(500);
});

test('the rest takes as long as its bytes at the present rate', () => {
  const pace = new Pace();
  pace.add(0, 0, 0);
  pace.add(2000, 10, 500);
  expect(pace.remainingMs(1000)).toBe(2000);
  expect(pace.remainingMs(500)).toBeUndefined();
});

test('nobody can tell how long a job takes that does not move', () => {
  const pace = new Pace();
  pace.add(0, 5, 50);
  pace.add(2000, 5, 50);
  expect(pace.rowsPerSecond).toBe(0);
  expect(pace.remainingMs(1000)).toBeUndefined();
});

test('a job that goes back begins anew', () => {
  const pace = new Pace();
  pace.add(0, 0, 0);
  pace.add(1000, 5000, 50);
  pace.add(2000, 1000, 10);
  expect(pace.rowsPerSecond).toBeUndefined();
});
