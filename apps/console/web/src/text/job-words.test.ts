import type { ImportJob } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { barParts, fileName, isExpired, jobState, jobTitle, outcomeCounts } from './job-words.ts';

const stats = {
  recordsTotal: 0,
  recordsProcessed: 0,
  errors: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  deleted: 0,
  bytesTotal: 0,
  bytesProcessed: 0,
};
const job = (facts: Partial<ImportJob>): ImportJob => ({ status: 'PENDING', dateStarted: 1, stats, ...facts }) as ImportJob;

test('a pending job is queued, runs, and writes its files', () => {
  expect(jobState(job({ dateStarted: 0 }))).toBe('queued');
  expect(jobState(job({}))).toBe('running');
  expect(jobState(job({ stats: { ...stats, recordsTotal: 9, recordsProcessed: 8 } }))).toBe('running');
  expect(jobState(job({ stats: { ...stats, recordsTotal: 9, recordsProcessed: 9 } }))).toBe('writing');
});

test('a completed job says whether rows failed', () => {
  expect(jobState(job({ status: 'COMPLETED' }))).toBe('completed');
  expect(jobState(job({ status: 'COMPLETED', stats: { ...stats, errors: 1 } }))).toBe('partly');
});

test('files expire at their time, and never before the job has ended', () => {
  expect(isExpired(job({ dateExpires: 0 }), 5)).toBe(false);
  expect(isExpired(job({ dateExpires: 6 }), 5)).toBe(false);
  expect(isExpired(job({ dateExpires: 5 }), 5)).toBe(true);
});

test('a job without a name is called by its file', () => {
  const fileRef = 'imports/default/users_0123456789abcdef01234567.csv';
  expect(fileName(fileRef)).toBe('users.csv');
  expect(jobTitle(job({ displayName: 'Spring', fileRef }))).toBe('Spring');
  expect(jobTitle(job({ displayName: '', fileRef }))).toBe('users.csv');
  expect(jobTitle(job({ displayName: '', fileRef: '', id: 'ab' }))).toBe('ab');
});

test('outcomes are those that the type can have', () => {
  const outcomes = (type: 'USERS' | 'USER_DELETIONS') => outcomeCounts(type, { ...stats, deleted: 3 }).map(({ outcome }) => outcome);
  expect(outcomes('USERS')).toEqual(['created', 'updated', 'unchanged', 'failed']);
  expect(outcomes('USER_DELETIONS')).toEqual(['deleted', 'failed']);
});

test('a bar shows every outcome that has a row', () => {
  const parts = barParts(outcomeCounts('USERS', { ...stats, created: 99_999, errors: 1 }));
  expect(parts.map(({ outcome }) => outcome)).toEqual(['created', 'failed']);
  expect(parts[1]!.width).toBeGreaterThan(0.5);
  expect(parts[1]!.start + parts[1]!.width).toBeCloseTo(100);
  expect(barParts(outcomeCounts('USERS', stats))).toEqual([]);
});
