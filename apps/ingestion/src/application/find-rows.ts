import type { Job, RowParser, Slice, UserKey } from '@advocate/domain';
import { deletionParser, userParser } from '@advocate/domain';
import type { NumberedError } from '@advocate/messages';
import type { FileStore } from '@advocate/ports';
import { FileNotFoundError } from '@advocate/ports';
import { excerpt, excerptOf } from './excerpt.ts';
import type { RecordBatch } from './read-records.ts';
import { readRecords } from './read-records.ts';

/** A row as it stands in its job's file. */
export interface FoundRow {
  /** The physical line at which it begins, from 1; 0 when it was not found. */
  readonly line: number;
  /** What it has in the column of its error, at most 200 characters; empty when the error is of the row as a whole. */
  readonly value: string;
}

/**
 * Finds failed rows in a job's file by their record numbers: reads each of their slices from its start to the last of them. Rows of a file that is gone are not
 * found.
 */
export async function findRows(
  files: FileStore,
  job: Job,
  slices: readonly Slice[],
  errors: readonly NumberedError[],
): Promise<ReadonlyMap<number, FoundRow>> {
  const found = new Map<number, FoundRow>();
  const parser: RowParser<UserKey> = job.plan.type === 'users' ? userParser(job.plan) : deletionParser(job.plan);
  const bySlice = Map.groupBy(errors, ({ recordNumber }) => slices.findLast(({ start }) => start.recordNumber <= recordNumber));
  try {
    for (const [slice, wanted] of bySlice) if (slice !== undefined) await findInSlice(files, job, slice, wanted, parser, found);
  } catch (error) {
    if (!(error instanceof FileNotFoundError)) throw error;
  }
  return found;
}

async function findInSlice(
  files: FileStore,
  { source, plan }: Job,
  slice: Slice,
  errors: readonly NumberedError[],
  parser: RowParser<UserKey>,
  found: Map<number, FoundRow>,
): Promise<void> {
  const wanted = new Map(errors.map((error) => [error.recordNumber, error]));
  for await (const batch of readRecords(files, source, plan.format, slice.start)) {
    const { records } = batch;
    for (let index = 0; index < records.count; index += 1) {
      const error = wanted.get(records.recordNumbers[index] ?? 0);
      if (error === undefined) continue;
      found.set(error.recordNumber, { line: records.lines[index] ?? 0, value: valueOf(batch, index, error.column, parser) });
      wanted.delete(error.recordNumber);
      if (wanted.size === 0) return;
    }
  }
}

function valueOf(batch: RecordBatch, index: number, column: string | undefined, parser: RowParser<UserKey>): string {
  const record = batch.bytesOf(index);
  if (column === undefined || record === undefined) return '';
  if (parser.columns.length === 0) return valueInLine(record, column, parser);
  const place = parser.columns.findIndex(({ name, field }) => field === column || name === column);
  const cell = place < 0 ? undefined : batch.cellOf(index, place);
  return typeof cell === 'string' ? excerpt(cell) : '';
}

function valueInLine(record: Buffer, column: string, parser: RowParser<UserKey>): string {
  try {
    const line: unknown = JSON.parse(record.toString());
    const field = parser.objectColumns(line).find((candidate) => candidate.field === column);
    return excerptOf(field === undefined ? (line as Record<string, unknown>)[column] : field.value);
  } catch {
    return '';
  }
}
