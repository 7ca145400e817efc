import { isUtf8 } from 'node:buffer';
import type { Parsed, RowError, RowParser } from '@advocate/domain';
import { badRequest } from '@advocate/domain';
import type { RowChunk } from '@advocate/messages';
import { CellReader, firstInvalidUtf8 } from '@advocate/record-scanner';

/** Rows as read from a chunk. */
export interface ReadRows<Row> {
  /** One result per record, at the record's index. */
  readonly rows: readonly Parsed<Row>[];
  /** Fields of JSONL rows that are not known, at most {@link maxIgnoredFields}, in order of appearance. */
  readonly ignoredFields: readonly string[];
}

const maxIgnoredFields = 20;

/** Reads the rows of a chunk. A record that cannot be read is that row's error. */
export function readRows<Row>(chunk: RowChunk, parser: RowParser<Row>): ReadRows<Row> {
  const ignoredFields = new Set<string>();
  const bytes = Buffer.from(chunk.rows.buffer, chunk.rows.byteOffset, chunk.rows.byteLength);
  const read = chunk.plan.format === 'csv' ? csvReader(bytes, parser) : jsonReader(bytes, parser, ignoredFields);
  const isValid = isUtf8(bytes) && !bytes.includes(0) && startsAreCharacters(bytes, chunk.lengths);
  const faults = new Map(chunk.faults.map((fault) => [fault.index, fault.message]));
  const rows: Parsed<Row>[] = [];
  let start = 0;
  for (const [index, length] of chunk.lengths.entries()) {
    const end = start + length;
    const fault = faults.get(index);
    const error = fault !== undefined ? badRequest(fault) : isValid ? undefined : encodingError(bytes.subarray(start, end));
    rows.push(error === undefined ? read(start, end) : { error });
    start = end;
  }
  return { rows, ignoredFields: [...ignoredFields] };
}

/** Records stand without line ends between them: the end of one and the start of the next may look like one character. */
function startsAreCharacters(bytes: Buffer, lengths: readonly number[]): boolean {
  let start = 0;
  for (const length of lengths) {
    if (((bytes[start] ?? 0) & 0xc0) === 0x80) return false;
    start += length;
  }
  return true;
}

function encodingError(record: Buffer): RowError | undefined {
  const invalid = firstInvalidUtf8(record);
  if (invalid >= 0)
    return badRequest(`The row is not valid UTF-8: byte ${invalid + 1} of the row is 0x${record.toString('hex', invalid, invalid + 1)}`);
  const nul = record.indexOf(0);
  return nul < 0 ? undefined : badRequest(`The row has a NUL character: byte ${nul + 1} of the row`);
}

type ReadRecord<Row> = (start: number, end: number) => Parsed<Row>;

function csvReader<Row>(bytes: Buffer, parser: RowParser<Row>): ReadRecord<Row> {
  const reader = new CellReader(bytes);
  return (start, end) => {
    const cells = reader.cells(start, end);
    if (Array.isArray(cells)) return parser.cells(cells);
    const column = `column ${cells.column + 1}`;
    return {
      error: badRequest(
        cells.kind === 'unclosed-quote'
          ? `The quote that opens ${column} is never closed`
          : `Text follows the closing quote of ${column}; a quote inside a quoted cell is written twice`,
      ),
    };
  };
}

function jsonReader<Row>(bytes: Buffer, parser: RowParser<Row>, ignoredFields: Set<string>): ReadRecord<Row> {
  return (start, end) => {
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8', start, end));
    } catch (error) {
      return { error: badRequest(`The line is not valid JSON: ${(error as SyntaxError).message}`) };
    }
    if (ignoredFields.size < maxIgnoredFields) {
      for (const name of parser.unknownFields(value)) if (ignoredFields.size < maxIgnoredFields) ignoredFields.add(name);
    }
    return parser.object(value);
  };
}
