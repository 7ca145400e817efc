import type { ImportJob } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { Pace } from '../progress/pace.ts';
import { progressText } from './progress-text.ts';

const job = (dateStarted: number, stats: object): ImportJob => ({ status: 'PENDING', dateStarted, stats }) as ImportJob;

test('a running job says rows, rate and remaining time', () => {
  const pace = new Pace();
  pace.add(0, 0, 0);
  pace.add(2000, 20_000, 1_000_000);
  expect(
    progressText(job(1, { recordsTotal: 0, recordsProcessed: 20_000, bytesTotal: 4_000_000, bytesProcessed: 1_000_000 }), pace),
  ).toEqual({
    share: 0.25,
    percent: '25%',
    details: ['20,000 rows', '10,000 rows/s', 'about 6 s left'],
  });
});

test('what is not known yet is not said', () => {
  const stats = { recordsTotal: 0, recordsProcessed: 500, bytesTotal: 4000, bytesProcessed: 0 };
  expect(progressText(job(1, stats), new Pace())).toEqual({ share: 0, percent: '0%', details: ['500 rows'] });
});

test('a job that is not taken up yet waits', () => {
  expect(progressText(job(0, {}), undefined).details).toEqual(['Waiting for its turn']);
});

test('once all rows have outcomes, what is left is said', () => {
  const stats = { recordsTotal: 9, recordsProcessed: 9, bytesTotal: 100, bytesProcessed: 90 };
  expect(progressText(job(1, stats), undefined)).toEqual({ share: 1, percent: '100%', details: ['9 rows', 'writing the result files'] });
});
