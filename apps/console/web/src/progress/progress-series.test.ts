import type { ImportJob, ProgressPoint } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { plotColumns, progressSeries, withProgress } from './progress-series.ts';

const job = (dateStarted: number, recordsProcessed = 0, errors = 0) => ({ dateStarted, stats: { recordsProcessed, errors } }) as ImportJob;
const point = (date: number, recordsProcessed: number, errors = 0): ProgressPoint => ({ date, recordsProcessed, errors });

test('progress begins at nothing when the job was taken up', () => {
  expect(progressSeries(job(1000), [point(3000, 500)])).toEqual([point(1000, 0), point(3000, 500)]);
  expect(progressSeries(job(1000), [])).toEqual([point(1000, 0)]);
  expect(progressSeries(job(0), [])).toEqual([]);
});

test('what a job did before it was resumed stays', () => {
  const points = [point(1000, 500), point(9000, 800)];
  expect(progressSeries(job(8000), points)).toEqual(points);
});

test('live progress goes on where the history ends', () => {
  const points = [point(1000, 0), point(2000, 500)];
  expect(withProgress(points, job(1000, 700, 2), 3000)).toEqual([...points, point(3000, 700, 2)]);
  expect(withProgress(points, job(1000, 500), 3000)).toBe(points);
  expect(withProgress(points, job(1000, 700), 1500)).toBe(points);
});

test('there are never more than 600 points, and the last one is where the job is', () => {
  let points: readonly ProgressPoint[] = [];
  for (let second = 1; second <= 5000; second++) points = withProgress(points, job(0, second * 10), second * 1000);
  expect(points.length).toBeLessThanOrEqual(600);
  expect(points.at(-1)).toEqual(point(5_000_000, 50_000));
  expect(points[0]).toEqual(point(1000, 10));
});

test('the plot counts seconds from the first point', () => {
  expect(plotColumns([point(1000, 0), point(3500, 500, 2)])).toEqual([
    [0, 2.5],
    [0, 500],
    [0, 2],
  ]);
});
