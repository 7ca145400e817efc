import type { Job } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import { FileLinks } from '@advocate/messages';
import { buildJob } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import { completionMail } from './completion-mail.ts';

const links = new FileLinks('a secret for tests', 'https://bulk.example.com');
const dateExpires = Date.UTC(2031, 1, 3, 4);
const ended: Partial<Omit<Job, 'plan'>> = {
  mailtoEmail: 'ann@example.com',
  displayName: 'Spring campaign',
  status: 'COMPLETED',
  dateCompleted: Date.UTC(2031, 0, 4, 4),
  dateExpires,
  counts: { ...noOutcomes, created: 9_000, unchanged: 993, failed: 1_007 },
  errorCauses: [
    { message: 'The provided email field is an invalid email address.', apiErrorCode: 'BAD_REQUEST', count: 1_000 },
    { message: "The code '…' is taken", apiErrorCode: 'CONFLICT', count: 5 },
  ],
};
const mailOf = (job: Partial<Omit<Job, 'plan'>> = {}, plan: Partial<Job['plan']> = {}) =>
  completionMail(buildJob({ ...ended, ...job, plan }), links);

/** Every element but those that hold no text and need no end, in the order of their tags. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<(\/?[a-z0-9]+)[^<>]*>/g)].map(([, tag = '']) => tag).filter((tag) => tag !== 'meta' && tag !== 'br');
}

function expectWellFormed(html: string): void {
  const open: string[] = [];
  for (const tag of tagsOf(html)) {
    if (tag.startsWith('/')) expect(open.pop()).toBe(tag.slice(1));
    else open.push(tag);
  }
  expect(open).toEqual([]);
}

test('a mail says what became of the rows, why some failed, where the files are and until when, and what to do next', () => {
  const job = buildJob(ended);
  const { results, errors, failedRows, source } = links.ofJob(job);
  const { text, html = '', subject, to, id, date } = mailOf();
  expect({ subject, to, id, date }).toEqual({
    subject: 'Your import of users "Spring campaign" is complete',
    to: 'ann@example.com',
    id: 'job-1',
    date: ended.dateCompleted,
  });
  expect(text).toBe(`Your import of users "Spring campaign" is complete.

Rows: 11,000
  9,000  created
    993  unchanged
  1,007  failed

Why rows failed:
  1,000  The provided email field is an invalid email address.
      5  The code '…' is taken
      2  of other causes

What to do next:
  Download the failed rows, correct them and import that file; rows that succeeded need not be sent again.

Files, until 3 February 2031:
  Results
  ${results}
  Errors
  ${errors}
  Failed rows
  ${failedRows}
  Uploaded file
  ${source}

More about it in the console:
  https://bulk.example.com/t/acme/jobs/job-1
`);
  for (const said of [
    '11,000',
    '9,000',
    '993',
    '1,007',
    'invalid email address',
    'of other causes',
    '3 February 2031',
    results,
    errors,
    failedRows,
    source,
  ]) {
    expect(html).toContain(said);
  }
  expect(html).toContain('href="https://bulk.example.com/t/acme/jobs/job-1"');
  expectWellFormed(html);
});

describe('a mail tells the end of a job', () => {
  test('without failed rows, and nothing of errors', () => {
    const { text, html = '' } = mailOf({ counts: { ...noOutcomes, created: 3 }, errorCauses: [] });
    expect(text).toContain('Nothing is left to do: every row succeeded.');
    for (const said of [text, html]) expect(said).not.toMatch(/Errors|Failed rows|failed:/);
    expectWellFormed(html);
  });

  test('that was aborted, with the reason and how it goes on, under an id for each abort', () => {
    const aborted = mailOf({ status: 'ABORTED', abortReason: 'The file <x> was changed.', resumptions: 2 });
    expect(aborted).toMatchObject({ id: 'job-1-2', subject: 'Your import of users "Spring campaign" was aborted' });
    expect(aborted.text).toContain('Reason: The file <x> was changed.');
    expect(aborted.html).toContain('The file &lt;x&gt; was changed.');
    for (const said of [aborted.text, aborted.html]) expect(said).toContain('advocate jobs resume job-1');
  });

  test('that was aborted before any row had an outcome, and offers no file then', () => {
    const { text, html = '' } = mailOf({ status: 'ABORTED', abortReason: 'The file is gone.', counts: noOutcomes, errorCauses: [] });
    for (const said of [text, html]) expect(said).not.toMatch(/Files|\/files\//);
    expectWellFormed(html);
  });

  test('that was cancelled before any row had an outcome', () => {
    const { text, subject } = mailOf({ status: 'CANCELLED', displayName: '', counts: noOutcomes, errorCauses: [] }, { type: 'deletions' });
    expect(subject).toBe('Your deletion of users was cancelled');
    expect(text).toContain('Rows: 0\n\nWhat to do next:\n  Rows that have an outcome keep it.');
    expect(text).not.toContain('  Results');
  });

  test('with what a person should know of its file', () => {
    const { text, html = '' } = mailOf({ warnings: ['The column referrable is ignored.'] });
    for (const said of [text, html]) expect(said).toContain('Note: The column referrable is ignored.');
  });
});

test('of many causes the ten most frequent are listed, and the rows of the others counted', () => {
  const errorCauses = Array.from({ length: 30 }, (_, index) => ({
    message: `Cause ${index}.`,
    apiErrorCode: 'BAD_REQUEST' as const,
    count: 10,
  }));
  const { text } = mailOf({ errorCauses, counts: { ...noOutcomes, failed: 300 } });
  expect(text.match(/Cause \d+\./g)).toHaveLength(10);
  expect(text).toContain('  200  of other causes');
});

test('text of a job is never markup', () => {
  const markup = `<img src=x onerror="alert(1)"> & '"</table><script>`;
  const { html = '' } = mailOf({
    displayName: markup,
    abortReason: markup,
    warnings: [markup],
    errorCauses: [{ message: markup, apiErrorCode: 'BAD_REQUEST', count: 1 }],
  });
  expect(html.match(/&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt; &amp; &#39;&quot;&lt;\/table&gt;&lt;script&gt;/g)).toHaveLength(5);
  expect(html).not.toMatch(/<img|<script|onerror="/);
  expectWellFormed(html);
});

test('a document loads nothing and runs nothing', () => {
  expect(mailOf().html).not.toMatch(/<(script|link|img|iframe|form|style)\b|\ssrc=|url\(/);
});
