import { ImportJob } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { jobDetails, jobLine, jobSummary, jobTable, validationText } from './job-text.ts';

const id = '0123456789abcdef01234567';
const job = ImportJob.fromPartial({
  id,
  name: `tenants/default/importJobs/${id}`,
  type: 'USERS',
  status: 'COMPLETED',
  displayName: 'May',
  fileRef: 'imports/default/x.csv',
  params: { segments: ['vip', '~old'] },
  dateCreated: 1_700_000_000_000,
  dateStarted: 1_700_000_000_000,
  dateCompleted: 1_700_000_012_300,
  stats: { recordsProcessed: 12_345, errors: 45, created: 12_000, updated: 200, unchanged: 100 },
  warnings: ["The column 'x' is ignored."],
});

test('a summary has counts per outcome, first errors, warnings and files', () => {
  const error = { recordNumber: 1002, message: 'Bad id', apiErrorCode: 'BAD_REQUEST' };
  expect(jobSummary(job, [error], ['out/r.csv'])).toBe(
    `Job ${id} completed in 12 s: 12,345 rows, 45 failed.
  created    12,000
  updated       200
  unchanged     100
  failed         45
First errors:
  record 1,002: Bad id (BAD_REQUEST)
Warnings:
  The column 'x' is ignored.
Files:
  out/r.csv`,
  );
});

test('a deletion counts what it deletes', () => {
  const deletion = ImportJob.fromPartial({ id, type: 'USER_DELETIONS', status: 'CANCELLED', stats: { recordsProcessed: 3, deleted: 3 } });
  expect(jobSummary(deletion, [])).toBe(`Job ${id} was cancelled: 3 rows, 0 failed.\n  deleted  3\n  failed   0`);
});

test('details leave out what is not set', () => {
  expect(jobDetails(job)).toContain(`Details:
  type       users
  name       May
  file       imports/default/x.csv
  options    segments vip, ~old
  created    2023-11-14T22:13:20Z`);
  expect(jobDetails(job)).not.toContain('mail to');
});

test('the details of a job group its errors by cause, with the first rows of each', () => {
  const error = { recordNumber: 1_007, message: '', apiErrorCode: 'BAD_REQUEST', statusCode: 400, column: 'email' };
  const digest = {
    errors: 1_240,
    causes: [
      {
        ...{ message: 'The provided email field is an invalid email address.', apiErrorCode: 'BAD_REQUEST', count: 1_234 },
        examples: [
          { error, line: 2_013, column: 'email', value: 'no\u001b[31mbody' },
          { error: { ...error, recordNumber: 2_000 }, line: 0, column: '', value: '' },
        ],
      },
      { message: 'The row has … cells', apiErrorCode: 'BAD_REQUEST', count: 2, examples: [] },
    ],
  };
  expect(jobDetails(job, digest)).toContain(`
Errors by cause:
  1,234 × The provided email field is an invalid email address. (BAD_REQUEST)
    record 1,007, line 2,013, email: 'no [31mbody'
    record 2,000
  2 × The row has … cells (BAD_REQUEST)
  4 × of other causes
Details:`);
});

test('a job on one line begins with its id', () => {
  expect(jobLine(job)).toBe(`${id}  COMPLETED  users  May`);
});

test('a table of jobs has a row for each', () => {
  expect(jobTable([job])).toBe(
    `ID                        TYPE   STATUS       ROWS  ERRORS  CREATED               NAME
${id}  users  COMPLETED  12,345      45  2023-11-14T22:13:20Z  May`,
  );
  expect(jobTable([])).toBe('No jobs.');
});

test('a validation says what it read, and shows the first errors only', () => {
  const firstErrors = [2, 3, 4].map((recordNumber) => ({
    ...{ recordNumber, message: 'Bad', apiErrorCode: 'BAD_REQUEST', statusCode: 400 },
    column: '',
  }));
  expect(validationText({ recordsRead: 2000, recordsInvalid: 3, firstErrors }, [], 2)).toBe(
    `2,000 rows read, 3 invalid; nothing was applied.
First errors:
  record 2: Bad (BAD_REQUEST)
  record 3: Bad (BAD_REQUEST)`,
  );
});
