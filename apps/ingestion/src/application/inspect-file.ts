import { randomBytes } from 'node:crypto';
import type { FileFormat, HeaderReading, ImportType, Position, Source, UserKey } from '@advocate/domain';
import { readDeletionHeader, readUserHeader } from '@advocate/domain';
import type { FileStore } from '@advocate/ports';
import { CellReader, detectEncoding, firstInvalidUtf8, utf16ToUtf8 } from '@advocate/record-scanner';
import { RequestError } from '@advocate/service';
import { readRecords } from './read-records.ts';

/** What creating a job has to know of its file. */
export interface FileInspection {
  readonly format: FileFormat;
  readonly source: Source;
  readonly columns: readonly string[];
  readonly warnings: readonly string[];
  /** Programs that the file's columns name. */
  readonly programs: readonly string[];
}

/** The product's names for what may be wrong with a file. */
type FileProblem = 'FILE_REF_IO' | 'CSV_PARSING' | 'MISSING_HEADERS';

/**
 * Reads the beginning of an uploaded file: its encoding, format, header and first record. A file in UTF-16 gets a copy in UTF-8 beside it.
 * Throws INVALID_ARGUMENT with all that is wrong with the header; then no copy is left.
 */
export async function inspectFile(
  files: FileStore,
  fileRef: string,
  asked: FileFormat | undefined,
  type: ImportType,
  linkDomains: readonly string[],
): Promise<FileInspection> {
  const stat = await files.stat(fileRef);
  if (stat === undefined)
    throw fileError('FILE_REF_IO', [
      `There is no uploaded file ${fileRef}. Upload it first, and give the file_ref that UploadFile answered.`,
    ]);
  if (stat.bytes === 0) throw fileError('FILE_REF_IO', ['The file is empty (0 bytes).']);
  const head = await readHead(files, fileRef);
  const encoding = detectEncoding(head);
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') {
    refuseBinary(head);
    return inspectHead(files, { name: fileRef, bytes: stat.bytes, start: fileStart }, asked ?? formatOf(fileRef, head), type, linkDomains);
  }
  const name = fileRef.replace(/(\.[^./]*)?$/, `.utf8-${randomBytes(4).toString('hex')}$1`);
  const { bytes } = await files.write(name, utf16ToUtf8(files.read(fileRef), encoding));
  try {
    const format = asked ?? formatOf(fileRef, await readHead(files, name));
    return await inspectHead(files, { name, bytes, start: fileStart }, format, type, linkDomains);
  } catch (error) {
    await files.remove(name);
    throw error;
  }
}

/** Reads the header and the first record of a file in UTF-8. */
async function inspectHead(
  files: FileStore,
  source: Source,
  format: FileFormat,
  type: ImportType,
  linkDomains: readonly string[],
): Promise<FileInspection> {
  const { name, bytes } = source;
  const records = firstRecords(files, source, format);
  try {
    return await (format === 'csv' ? inspectCsv(records, name, bytes, type, linkDomains) : inspectJsonl(records, name, bytes));
  } finally {
    // Closes the file.
    await records.return(undefined);
  }
}

const fileStart: Position = { offset: 0, recordNumber: 1, line: 1 };

async function readHead(files: FileStore, name: string): Promise<Buffer> {
  const blocks = [];
  for await (const block of files.read(name, { end: 4096 })) blocks.push(Buffer.from(block));
  return Buffer.concat(blocks);
}

const table = 'upload the table that it shows, as CSV (UTF-8) or JSONL.';
const binarySignatures: readonly (readonly [signature: string, hint: string])[] = [
  ['PK\u0003\u0004', 'It looks like an Excel workbook or a ZIP archive; save the sheet as CSV (UTF-8), then upload that.'],
  ['\u00d0\u00cf\u0011\u00e0', 'It looks like an old Excel workbook; save the sheet as CSV (UTF-8), then upload that.'],
  ['\u001f\u008b', 'It is compressed with gzip; unpack it, then upload that.'],
  ['%PDF', `It is a PDF; ${table}`],
  ['\u0089PNG', `It is an image; ${table}`],
  ['\u00ff\u00d8\u00ff', `It is an image; ${table}`],
  ['GIF8', `It is an image; ${table}`],
];

function refuseBinary(head: Buffer): void {
  const text = head.toString('latin1');
  const known = binarySignatures.find(([signature]) => text.startsWith(signature));
  if (known !== undefined) throw fileError('FILE_REF_IO', [`The file is neither CSV nor JSONL. ${known[1]}`]);
}

/** By the name's ending, else by the first character. */
function formatOf(name: string, head: Buffer): FileFormat {
  if (/\.csv$/i.test(name)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'jsonl';
  return /^(\ufeff)?\s*\{/.test(head.toString('utf8')) ? 'jsonl' : 'csv';
}

interface FirstRecord {
  readonly position: Position;
  readonly bytes: Buffer | undefined;
}

async function* firstRecords(files: FileStore, source: Source, format: FileFormat): AsyncGenerator<FirstRecord> {
  for await (const batch of readRecords(files, source, format, fileStart)) {
    for (let index = 0; index < batch.records.count; index += 1) {
      yield { position: batch.records.positionAt(index), bytes: batch.bytesOf(index) };
    }
  }
}

async function inspectCsv(
  records: AsyncGenerator<FirstRecord>,
  name: string,
  bytes: number,
  type: ImportType,
  linkDomains: readonly string[],
): Promise<FileInspection> {
  const header = await records.next();
  if (header.done) throw fileError('CSV_PARSING', ['The file has no header; its first row must name the columns, such as accountId,id.']);
  const columns = readHeaderCells(header.value);
  const reading: HeaderReading<UserKey> = type === 'users' ? readUserHeader(columns, { linkDomains }) : readDeletionHeader(columns);
  if (reading.problems.length > 0) {
    const [problem] = reading.problems;
    throw fileError(
      problem?.type ?? 'CSV_PARSING',
      reading.problems.map(({ message }) => message),
    );
  }
  const first = await records.next();
  if (first.done) throw fileError('CSV_PARSING', ['The file has a header but no rows. Add a row for each participant below the header.']);
  const { programs, warnings } = reading;
  return { format: 'csv', source: { name, bytes, start: first.value.position }, columns, warnings, programs };
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

async function inspectJsonl(records: AsyncGenerator<FirstRecord>, name: string, bytes: number): Promise<FileInspection> {
  const first = await records.next();
  if (first.done) throw fileError('CSV_PARSING', ['The file has no rows. Add a line with a JSON object for each participant.']);
  return {
    format: 'jsonl',
    source: { name, bytes, start: first.value.position },
    columns: [],
    warnings: [],
    programs: [],
  };
}

function fileError(problem: FileProblem, messages: readonly string[]): RequestError {
  const field = 'import_job.file_ref';
  const violations = messages.map((description) => ({ field, description, reason: problem }));
  return new RequestError('INVALID_ARGUMENT', problem, messages.join(' '), violations);
}
