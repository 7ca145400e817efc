import type { DeletedRow, ErrorCause, Job, ResultRow } from '@advocate/domain';
import { CauseCounter } from '@advocate/domain';
import { jobFiles, readOutcomeErrors, summariseChunkOutcome } from '@advocate/messages';
import type { FileStore, JobStore } from '@advocate/ports';
import type { LineWriter } from './file-lines.ts';
import { lineWriter } from './file-lines.ts';
import type { Cell } from './result-columns.ts';
import { deletionCells, deletionColumns, errorColumns, userCells, userColumns } from './result-columns.ts';
import { rowsInOrder } from './result-rows.ts';
import type { ResultsDraft } from './results-draft.ts';
import { readSliceOutcomes } from './slice-outcomes.ts';

/** What writing a job's files found out on the way. */
export interface WrittenFiles {
  /** Fields of JSONL rows that are not known and were ignored. */
  readonly ignoredFields: readonly string[];
  /** Why rows failed, the most frequent cause first. */
  readonly errorCauses: readonly ErrorCause[];
}

/**
 * Writes a job's results and errors files from the stored outcomes, slice by slice: so lines come in input order, and memory holds
 * one slice. There is no errors file when no row failed, and no results file when none succeeded. Writing again gives the same bytes.
 *
 * @param slices in order
 * @param draft results that were written while the job ran; used when they are complete
 */
export async function writeFiles(
  jobs: JobStore,
  files: FileStore,
  job: Job,
  slices: readonly number[],
  draft?: ResultsDraft,
): Promise<WrittenFiles> {
  const contents = await summarise(jobs, job, slices);
  const { results, errors } = jobFiles(job);
  if (contents.hasResults) {
    const isDrafted = await draft?.complete(slices, contents.customFields);
    if (isDrafted !== true) await files.write(results.stored, resultLines(jobs, job, slices, contents.customFields));
  } else {
    await draft?.discard();
  }
  if (contents.hasErrors) await files.write(errors.stored, errorLines(jobs, job, slices));
  return { ignoredFields: contents.ignoredFields, errorCauses: contents.errorCauses };
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
  const causes = new CauseCounter();
  let rows = 0;
  let failed = 0;
  for (const slice of slices) {
    using outcomes = await readSliceOutcomes(jobs, job.id, slice);
    for (const bytes of outcomes.chunks) {
      const summary = summariseChunkOutcome(bytes);
      for (const name of summary.customFields) customFields.add(name);
      for (const name of summary.ignoredFields) ignoredFields.add(name);
      rows += summary.recordNumbers.length;
      failed += summary.counts.failed;
      if (summary.counts.failed > 0) for (const error of readOutcomeErrors(bytes)) causes.add(error);
    }
  }
  return {
    hasResults: rows > failed,
    hasErrors: failed > 0,
    customFields: [...customFields].sort(),
    ignoredFields: [...ignoredFields].sort(),
    errorCauses: causes.top(),
  };
}

/** Lines written at a time. */
const linesPerBlock = 200;

/** The results file's bytes for slices in order; the slices may be told while it is being read. */
export async function* resultLines(
  jobs: JobStore,
  job: Job,
  slices: Iterable<number> | AsyncIterable<number>,
  customFields: readonly string[],
): AsyncGenerator<Uint8Array> {
  const isUsers = job.plan.type === 'users';
  const columns = isUsers ? [...userColumns, ...customFields.map((name) => `customFields.${name}`)] : deletionColumns;
  const writer = lineWriter(job.plan.format, columns);
  yield await writer.header();
  for await (const slice of slices) {
    const lines = new LineBlock(writer);
    using outcomes = await readSliceOutcomes(jobs, job.id, slice);
    for (const { outcome } of rowsInOrder(outcomes.chunks)) {
      if (outcome.kind === 'failed') continue;
      lines.add(isUsers ? userCells(outcome.result as ResultRow, customFields) : deletionCells(outcome.result as DeletedRow));
      if (lines.isFull) yield await lines.take();
    }
    if (!lines.isEmpty) yield await lines.take();
  }
}

async function* errorLines(jobs: JobStore, job: Job, slices: readonly number[]): AsyncGenerator<Uint8Array> {
  const writer = lineWriter(job.plan.format, errorColumns);
  yield await writer.header();
  for (const slice of slices) {
    const lines = new LineBlock(writer);
    using outcomes = await readSliceOutcomes(jobs, job.id, slice);
    const failing = outcomes.chunks.filter((chunk) => summariseChunkOutcome(chunk).counts.failed > 0);
    for (const { recordNumber, outcome } of rowsInOrder(failing)) {
      if (outcome.kind !== 'failed') continue;
      const { message, apiErrorCode, statusCode } = outcome.error;
      lines.add([recordNumber, message, apiErrorCode, statusCode]);
      if (lines.isFull) yield await lines.take();
    }
    if (!lines.isEmpty) yield await lines.take();
  }
}

/** Collects lines to be written together. */
class LineBlock {
  readonly #writer: LineWriter;
  #rows: Cell[][] = [];

  constructor(writer: LineWriter) {
    this.#writer = writer;
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  get isFull(): boolean {
    return this.#rows.length >= linesPerBlock;
  }

  add(cells: Cell[]): void {
    this.#rows.push(cells);
  }

  take(): Promise<Uint8Array> {
    const rows = this.#rows;
    this.#rows = [];
    return this.#writer.lines(rows);
  }
}
