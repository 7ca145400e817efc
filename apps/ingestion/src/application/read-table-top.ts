import type { HeaderProblem, ImportType, Position } from '@advocate/domain';
import { readDeletionHeader, readUserHeader } from '@advocate/domain';
import type { FileStore } from '@advocate/ports';
import { CellReader, firstInvalidUtf8 } from '@advocate/record-scanner';
import { fileError } from './file-problem.ts';
import type { OpenUpload } from './open-upload.ts';
import { readRecords } from './read-records.ts';

/** The header of a file and the place of its first row. */
export interface TableTop {
  /** CSV: the header's names in order. JSONL: empty. */
  readonly columns: readonly string[];
  /** What is wrong with the header; empty when a job can read the file. */
  readonly problems: readonly HeaderProblem[];
  readonly warnings: readonly string[];
  /** Programs that the columns name. */
  readonly programs: readonly string[];
  /** Where the first row begins; absent when there is none, which is so with a bad header only. */
  readonly start: Position | undefined;
}

/** Reads a file's header and finds its first row. Throws INVALID_ARGUMENT when it has no header, or no row below a good one. */
export async function readTableTop(
  files: FileStore,
  { format, source }: OpenUpload,
  type: ImportType,
  linkDomains: readonly string[],
): Promise<TableTop> {
  const records = firstRecords(files, { format, source });
  try {
    return await (format === 'csv' ? readCsvTop(records, type, linkDomains) : readJsonlTop(records));
  } finally {
    // Closes the file.
    await records.return(undefined);
  }
}

interface FirstRecord {
  readonly position: Position;
  readonly bytes: Buffer | undefined;
}

async function* firstRecords(files: FileStore, { format, source }: OpenUpload): AsyncGenerator<FirstRecord> {
  for await (const batch of readRecords(files, source, format, source.start)) {
    for (let index = 0; index < batch.records.count; index += 1) {
      yield { position: batch.records.positionAt(index), bytes: batch.bytesOf(index) };
    }
  }
}

async function readCsvTop(records: AsyncGenerator<FirstRecord>, type: ImportType, linkDomains: readonly string[]): Promise<TableTop> {
  const header = await records.next();
  if (header.done) throw fileError('CSV_PARSING', ['The file has no header; its first row must name the columns, such as accountId,id.']);
  const columns = readHeaderCells(header.value);
  const { problems, warnings, programs } = type === 'users' ? readUserHeader(columns, { linkDomains }) : readDeletionHeader(columns);
  const first = await records.next();
  if (first.done && problems.length === 0) {
    throw fileError('CSV_PARSING', ['The file has a header but no rows. Add a row for each participant below the header.']);
  }
  return { columns, problems, warnings, programs, start: first.done ? undefined : first.value.position };
}

function readHeaderCells({ position, bytes }: FirstRecord): string[] {
  const place = `The header (line ${position.line})`;
  if (bytes === undefined) throw fileError('CSV_PARSING', [`${place} is too long; check that the first row names the columns.`]);
  if (bytes.includes(0) || firstInvalidUtf8(bytes) >= 0) {
    throw fileError('CSV_PARSING', [`${place} is not UTF-8 text, so the file is neither CSV nor JSONL. Save it as CSV (UTF-8) or JSONL.`]);
  }
  const cells = new CellReader(bytes).cells(0, bytes.length);
  if (Array.isArray(cells)) return cells;
  const fault = cells.kind === 'unclosed-quote' ? 'has a quote that is never closed' : 'has text after a closing quote';
  throw fileError('CSV_PARSING', [`${place}, column ${cells.column + 1}, ${fault}.`]);
}

async function readJsonlTop(records: AsyncGenerator<FirstRecord>): Promise<TableTop> {
  const first = await records.next();
  if (first.done) throw fileError('CSV_PARSING', ['The file has no rows. Add a line with a JSON object for each participant.']);
  return { columns: [], problems: [], warnings: [], programs: [], start: first.value.position };
}
