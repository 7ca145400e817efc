import type { ErrorExample, GetErrorDigestResponse, ImportJob, ImportStats, ImportValidation } from '@advocate/contracts';
import { formatCount, formatDuration, formatNumber } from '@advocate/format';
import { formatTable, formatTime, plainText } from './format.ts';
import type { RowError } from './first-errors.ts';

const verbs: Readonly<Record<ImportJob['status'], string>> = {
  STATUS_UNSPECIFIED: 'is in an unknown state',
  PENDING: 'is queued or running',
  COMPLETED: 'completed',
  ABORTED: 'was aborted',
  CANCELLED: 'was cancelled',
};

const typeNames: Readonly<Record<ImportJob['type'], string>> = {
  TYPE_UNSPECIFIED: 'unknown',
  USERS: 'users',
  USER_DELETIONS: 'deletions',
};

/** Counts per outcome, the first errors, the warnings, and where files were saved. */
export function jobSummary(job: ImportJob, errors: readonly RowError[], files: readonly string[] = []): string {
  const { recordsProcessed = 0, errors: failed = 0 } = job.stats ?? {};
  const took = job.dateCompleted > 0 && job.dateStarted > 0 ? ` in ${formatDuration(job.dateCompleted - job.dateStarted)}` : '';
  return [
    `Job ${job.id} ${verbs[job.status]}${took}: ${formatCount(recordsProcessed, 'row')}, ${formatNumber(failed)} failed.`,
    ...outcomeLines(job),
    ...section('First errors:', errorLines(errors)),
    ...section('Warnings:', job.warnings.map(plainText)),
    ...section('Files:', files),
  ].join('\n');
}

/** Everything a person may want to know about a job. */
export function jobDetails(job: ImportJob, digest?: GetErrorDigestResponse): string {
  const facts: readonly (readonly [string, string])[] = [
    ['type', typeNames[job.type]],
    ['name', plainText(job.displayName)],
    ['requester', plainText(job.requester)],
    ['file', job.fileRef],
    ['options', optionsText(job)],
    ['mail to', plainText(job.mailtoEmail)],
    ['created', formatTime(job.dateCreated)],
    ['started', formatTime(job.dateStarted)],
    ['completed', formatTime(job.dateCompleted)],
    ['files until', formatTime(job.dateExpires)],
    ['aborted since', plainText(job.abortReason)],
  ];
  return [
    jobSummary(job, []),
    ...section('Errors by cause:', digest === undefined ? [] : digestLines(digest)),
    ...section('Details:', formatTable(facts.filter(([, value]) => value !== ''))),
  ].join('\n');
}

/** One line that begins with the id. */
export const jobLine = (job: ImportJob): string =>
  [job.id, job.status, typeNames[job.type], plainText(job.displayName)].join('  ').trimEnd();

/** A table of jobs in the order given. */
export function jobTable(jobs: readonly ImportJob[]): string {
  if (jobs.length === 0) return 'No jobs.';
  const head = ['ID', 'TYPE', 'STATUS', 'ROWS', 'ERRORS', 'CREATED', 'NAME'];
  const rows = jobs.map((job) => [
    job.id,
    typeNames[job.type],
    job.status,
    formatNumber(job.stats?.recordsProcessed ?? 0),
    formatNumber(job.stats?.errors ?? 0),
    formatTime(job.dateCreated),
    plainText(job.displayName),
  ]);
  return formatTable([head, ...rows], [3, 4]).join('\n');
}

/** What a validation found. */
export function validationText(validation: ImportValidation, warnings: readonly string[], limit: number): string {
  return [
    `${formatCount(validation.recordsRead, 'row')} read, ${formatNumber(validation.recordsInvalid)} invalid; nothing was applied.`,
    ...section('First errors:', errorLines(validation.firstErrors.slice(0, limit))),
    ...section('Warnings:', warnings.map(plainText)),
  ].join('\n');
}

function outcomeLines(job: ImportJob): string[] {
  const outcomes: readonly (keyof ImportStats)[] = job.type === 'USER_DELETIONS' ? ['deleted'] : ['created', 'updated', 'unchanged'];
  const rows = outcomes.map((outcome) => [`  ${outcome}`, formatNumber(job.stats?.[outcome] ?? 0)]);
  return formatTable([...rows, ['  failed', formatNumber(job.stats?.errors ?? 0)]], [1]);
}

const errorLines = (errors: readonly RowError[]): string[] =>
  errors.map((error) => `record ${formatNumber(error.recordNumber)}: ${plainText(error.message)} (${plainText(error.apiErrorCode)})`);

/** Each cause with its count, and below it its first rows. */
function digestLines({ causes, errors }: GetErrorDigestResponse): string[] {
  const other = errors - causes.reduce((sum, { count }) => sum + count, 0);
  return [
    ...causes.flatMap(({ message, apiErrorCode, count, examples }) => [
      `${formatNumber(count)} × ${plainText(message)} (${plainText(apiErrorCode)})`,
      ...examples.map((example) => `  ${exampleText(example)}`),
    ]),
    ...(other > 0 ? [`${formatNumber(other)} × of other causes`] : []),
  ];
}

function exampleText({ error, line, column, value }: ErrorExample): string {
  const place = `record ${formatNumber(error?.recordNumber ?? 0)}${line === 0 ? '' : `, line ${formatNumber(line)}`}`;
  return plainText(column === '' ? place : `${place}, ${column}: '${value}'`);
}

function optionsText(job: ImportJob): string {
  const { programId = '', segments = [], preserveEmptyAccounts = false, doNotTrack = false } = job.params ?? {};
  const parts = [
    programId && `program ${programId}`,
    segments.length > 0 && `segments ${segments.join(', ')}`,
    preserveEmptyAccounts && 'preserve empty accounts',
    doNotTrack && 'do not track',
  ];
  return plainText(parts.filter(Boolean).join('; '));
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
