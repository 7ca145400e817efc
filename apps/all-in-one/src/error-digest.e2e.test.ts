import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { ErrorCause, GetErrorDigestResponse } from '@advocate/contracts';
import { holdWrites } from './testing/hold-writes.ts';
import { peek } from './testing/peek.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite } from './testing/start-suite.ts';
import { refusal, until } from './testing/suite-client.ts';

const digest = ({ client }: Suite, name: string, examplesPerCause = 0): Promise<GetErrorDigestResponse> =>
  client.ask('getErrorDigest', { name, examplesPerCause });

const texts = ({ causes }: GetErrorDigestResponse): string[] => causes.map(({ message, count }) => `${count} × ${message}`);
const placesOf = (cause: ErrorCause | undefined): string[] =>
  cause?.examples.map(({ error, line, column, value }) => [error?.recordNumber, line, column, value].join(' | ')) ?? [];

describe('an error digest', () => {
  test('groups errors by cause, with the first rows in file order, their lines and what is wrong in them', async () => {
    await using suite = await startSuite({ partitions: 5 });
    const rows = Array.from({ length: 3_000 }, (_, index) => `a${index},u${index},"two\nlines",,`);
    for (const index of [10, 700, 20, 2_900]) rows[index] = `a${index},u${index},,nobody ${index},`;
    for (const index of [5, 15]) rows[index] = `a${index},u${index},,,NOCODE${index}`;
    rows[2_999] = 'a,u,,,,one,too many';
    const { job, errors } = await suite.importFile(`accountId,id,firstName,email,sharelinks.p1\r\n\r\n${rows.join('\r\n')}`);
    expect(errors?.trimEnd().split('\n')).toHaveLength(8);
    const found = await digest(suite, job.name);
    expect(found.errors).toBe(7);
    expect(texts(found)).toEqual([
      '4 × The provided email field is an invalid email address.',
      '2 × You have passed an invalid shareLink',
      '1 × The row has … cells but the header has 5 columns; put quotes around a cell that has a comma in it',
    ]);
    // Rows with a line break take two lines; the blank line after the header takes a record number.
    expect(found.causes.map(placesOf)).toEqual([
      ['13 | 22 | email | nobody 10', '23 | 40 | email | nobody 20', '703 | 1399 | email | nobody 700'],
      ['8 | 13 | shareLinks.p1 | NOCODE5', '18 | 31 | shareLinks.p1 | NOCODE15'],
      ['3002 | 5995 |  | '],
    ]);
    expect(found.causes[0]?.examples[0]?.error).toEqual({
      ...{ recordNumber: 13, message: 'The provided email field is an invalid email address.', apiErrorCode: 'BAD_REQUEST' },
      ...{ statusCode: 400, column: 'email' },
    });
    expect(placesOf((await digest(suite, job.name, 10)).causes[0])).toHaveLength(4);
    expect(placesOf((await digest(suite, job.name, 1)).causes[0])).toHaveLength(1);
    expect(await refusal(digest(suite, job.name, -1))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'examples_per_cause must not be negative.',
    });
  });

  test('takes errors that name another row’s values for one cause, and reads values out of JSONL', async () => {
    await using suite = await startSuite();
    await suite.importFile('accountId,id,referralCodes.default\na0,u0,ONE\na0,u1,TWO\n');
    const lines = [
      { accountId: 'a1', id: 'u1', referralCodes: { default: 'ONE' } },
      { accountId: 'a2', id: 'u2', referralCodes: { default: 'TWO' } },
      { accountId: 'a3', id: 'u3', customFields: { level: { deep: [1] } } },
      { accountId: 'a4', id: 'u4', referredBy: { code: 'NOBODYS' } },
    ];
    const content = lines.map((line) => JSON.stringify(line)).join('\n\n');
    const { job } = await suite.importFile(content, { filename: 'users.jsonl' });
    const found = await digest(suite, job.name);
    expect(texts(found)).toEqual([
      '2 × The referral code … belongs to another user',
      '1 × Invalid custom field: level',
      '1 × No referral code found for the provided code',
    ]);
    expect(found.causes.map(placesOf)).toEqual([
      ['1 | 1 | referralCodes.default | ONE', '3 | 3 | referralCodes.default | TWO'],
      ['5 | 5 | customFields.level | {"deep":[1]}'],
      ['7 | 7 | referredBy.code | NOBODYS'],
    ]);
  });

  test('of a job that runs has the errors found so far', async () => {
    // In one partition the first outcomes are those of the first rows.
    await using suite = await startSuite({ partitions: 1 });
    const rows = Array.from({ length: 20_000 }, (_, index) => (index % 2 === 0 ? `a${index},` : `a${index},u`));
    const { name, id } = await suite.client.start(`accountId,id\n${rows.join('\n')}\n`);
    await until(() => peek(suite.dataDir, id).outcomes > 0 || undefined, 'the first outcomes');
    const held = holdWrites(suite.dataDir, 'jobs.db');
    const found = await digest(suite, name);
    const { status, stats } = await suite.client.job(name);
    held[Symbol.dispose]();
    expect(status).toBe('PENDING');
    expect(found.errors).toBe(stats?.errors);
    expect(texts(found)).toEqual([`${found.errors} × This request requires a valid non-empty id`]);
    expect(placesOf(found.causes[0])[0]).toBe('2 | 2 | id | ');
    await suite.client.ended(name);
    expect(texts(await digest(suite, name))).toEqual(['10000 × This request requires a valid non-empty id']);
  });

  test('is kept without its examples when the outcomes have expired, and without lines and values when the file is gone', async () => {
    await using suite = await startSuite();
    const { job } = await suite.importFile('accountId,id\na1,\na2,u2\n');
    rmSync(join(suite.dataDir, 'files', job.fileRef));
    const withoutFile = await digest(suite, job.name);
    expect(withoutFile.causes.map(placesOf)).toEqual([['2 | 0 | id | ']]);
    {
      using database = new DatabaseSync(join(suite.dataDir, 'jobs.db'), { timeout: 10_000 });
      database.exec('DELETE FROM outcome');
    }
    expect(await digest(suite, job.name)).toEqual({
      causes: [{ message: 'This request requires a valid non-empty id', apiErrorCode: 'BAD_REQUEST', count: 1, examples: [] }],
      errors: 1,
    });
  });

  test('of a job without errors is empty', async () => {
    await using suite = await startSuite();
    const { job } = await suite.importFile('accountId,id\na1,u1\n');
    expect(await digest(suite, job.name)).toEqual({ causes: [], errors: 0 });
    expect(await refusal(digest(suite, `${job.name.slice(0, -1)}x`))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('the history of a job shows in order of time how far it was', async () => {
  await using suite = await startSuite({ partitions: 4 });
  const before = Date.now();
  const rows = Array.from({ length: 30_000 }, (_, index) => (index % 100 === 0 ? `a${index},` : `a${index},u`));
  const { job } = await suite.importFile(`accountId,id\n${rows.join('\n')}\n`);
  const { points } = await suite.client.ask('getProgressHistory', { name: job.name });
  expect(points.length).toBeGreaterThan(3);
  expect(points.length).toBeLessThanOrEqual(200);
  expect(points.at(-1)).toMatchObject({ recordsProcessed: 30_000, errors: 300 });
  for (const key of ['date', 'recordsProcessed', 'errors'] as const) {
    expect(points.map((point) => point[key])).toEqual(points.map((point) => point[key]).toSorted((one, other) => one - other));
  }
  expect(points[0]?.date).toBeGreaterThanOrEqual(before);
  expect(points.at(-1)?.date).toBeLessThanOrEqual(Date.now());
});
