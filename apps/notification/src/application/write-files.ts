import type { DeletedRow, Job, ResultRow } from '@advocate/domain';
import { decodeChunkOutcome, jobFiles, summariseChunkOutcome } from '@advocate/messages';
import type { ChunkOutcome } from '@advocate/messages';
import type { FileStore, JobStore } from '@advocate/ports';
import { lineWriter } from './file-lines.ts';
import type { Cell } from './result-columns.ts';
import { deletionCells, deletionColumns, errorColumns, userCells, userColumns } from './result-columns.ts';

/** What writing a job's files found out on the way. */
export interface WrittenFiles {
  /** Fields of JSONL rows that are not known and were ignored. */
  readonly ignoredFields: readonly string[];
}

/**
 * Writes a job's results and errors files from the stored outcomes, slice by slice: so lines come in input order, and memory holds
 * one slice. There is no errors file when no row failed, and no results file when none succeeded. Writing again gives the same bytes.
 */
export async function writeFiles(jobs: JobStore, files: FileStore, job: Job): Promise<WrittenFiles> {
  const slices = (await jobs.slices(job.id)).filter((slice) => slice.finished).map((slice) => slice.index);
  const contents = await summarise(jobs, job, slices);
  const { results, errors } = jobFiles(job);
  if (contents.hasResults) await files.write(results.stored, resultLines(jobs, job, slices, contents.customFields));
  if (contents.hasErrors) await files.write(errors.stored, errorLines(jobs, job, slices));
  return { ignoredFields: contents.ignoredFields };
}

interface Contents extends WrittenFiles {
  readonly hasResults: boolean;
  readonly hasErrors: boolean;
  /** Union over all rows, sorted. */
  readonly customFields: readonly string[];
}

async function summarise(jobs: JobStore, job: Job, slices: readonly number[]): Promise<Contents> {
  const customFields = new Set<string>();
  const ignoredFields = new Set<string>();
  let rows = 0;
  let failed = 0;
  for (const slice of slices) {
    for (const bytes of await jobs.outcomes(job.id, slice)) {
      const summary = summariseChunkOutcome(bytes);
      for (const name of summary.customFields) customFields.add(name);
      for (const name of summary.ignoredFields) ignoredFields.add(name);
      rows += summary.recordNumbers.length;
      failed += summary.counts.failed;
    }
  }
  return { hasResults: rows > failed, hasErrors: failed > 0, customFields: [...customFields].sort(), ignoredFields: [...ignoredFields].sort() };
}

async function* resultLines(jobs: JobStore, job: Job, slices: readonly number[], customFields: readonly string[]): AsyncGenerator<Uint8Array> {
  const isUsers = job.plan.type === 'users';
  const columns = isUsers ? [...userColumns, ...customFields.map((name) => `customFields.${name}`)] : deletionColumns;
  const writer = lineWriter(job.plan.format, columns);
  yield await writer.header();
  for (const slice of slices) {
    const rows: Cell[][] = [];
    for (const { outcome } of await rowsInOrder(jobs, job.id, slice)) {
      if (outcome.kind === 'failed') continue;
      rows.push(isUsers ? userCells(outcome.result as ResultRow, customFields) : deletionCells(outcome.result as DeletedRow));
    }
    if (rows.length > 0) yield await writer.lines(rows);
  }
}

async function* errorLines(jobs: JobStore, job: Job, slices: readonly number[]): AsyncGenerator<Uint8Array> {
  const writer = lineWriter(job.plan.format, errorColumns);
  yield await writer.header();
  for (const slice of slices) {
    const rows: Cell[][] = [];
    for (const { recordNumber, outcome } of await rowsInOrder(jobs, job.id, slice, (chunk) => chunk.counts.failed > 0)) {
      if (outcome.kind !== 'failed') continue;
      const { message, apiErrorCode, statusCode } = outcome.error;
      rows.push([recordNumber, message, apiErrorCode, statusCode]);
    }
    if (rows.length > 0) yield await writer.lines(rows);
  }
}

interface NumberedOutcome {
  readonly recordNumber: number;
  readonly outcome: ChunkOutcome['outcomes'][number];
}

/** The rows of a slice in input order, from the chunks that are wanted. */
async function rowsInOrder(
  jobs: JobStore,
  jobId: string,
  slice: number,
  isWanted?: (chunk: ReturnType<typeof summariseChunkOutcome>) => boolean,
): Promise<NumberedOutcome[]> {
  const rows: NumberedOutcome[] = [];
  const chunks = await jobs.outcomes(jobId, slice);
  for (const bytes of chunks) {
    if (isWanted?.(summariseChunkOutcome(bytes)) === false) continue;
    const { recordNumbers, outcomes } = decodeChunkOutcome(bytes);
    for (const [index, outcome] of outcomes.entries()) rows.push({ recordNumber: recordNumbers[index] ?? 0, outcome });
  }
  return chunks.length === 1 ? rows : rows.sort((one, other) => one.recordNumber - other.recordNumber);
}
