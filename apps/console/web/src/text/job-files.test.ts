import type { ImportJob } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { jobFiles } from './job-files.ts';

const files = (status: ImportJob['status'], recordsProcessed: number, errors: number, { dateExpires = 100, hasOriginal = true } = {}) =>
  jobFiles({ status, dateExpires, stats: { recordsProcessed, errors } } as ImportJob, 50, hasOriginal).map(({ file }) => file);

test('a job has the files that its outcomes ask for', () => {
  expect(files('COMPLETED', 10, 0)).toEqual(['results', 'source']);
  expect(files('CANCELLED', 10, 3)).toEqual(['results', 'errors', 'failedRows', 'source']);
  expect(files('COMPLETED', 3, 3)).toEqual(['errors', 'failedRows', 'source']);
});

test('without its original there is nothing to cut failed rows out of', () => {
  expect(files('ABORTED', 10, 3, { hasOriginal: false })).toEqual(['results', 'errors']);
});

test('there are no files while the job runs, nor after they expired', () => {
  expect(files('PENDING', 10, 3, { dateExpires: 0 })).toEqual([]);
  expect(files('COMPLETED', 10, 3, { dateExpires: 50 })).toEqual([]);
});
