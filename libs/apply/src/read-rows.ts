import { isUtf8 } from 'node:buffer';
import type { Parsed, RowError, RowParser } from '@advocate/domain';
import { badRequest, wording } from '@advocate/domain';
import type { RowChunk } from '@advocate/messages';
import { CellReader, firstInvalidUtf8 } from '@advocate/record-scanner';

/** The rows of a chunk, each read when it is asked for. */
export interface ChunkRows<Row> {
  readonly length: number;
  /** Reads the row at an index; the same each time. A record that cannot be read is that row's error. */
  at(index: number): Parsed<Row>;
  /**
   * The account that the row at an index is for, at a fraction of what reading the row costs; nothing where the row has to be read for it, or names codes.
   */
  accountIdAt(index: number): string | undefined;
  /** Fields of the JSONL rows read so far that are not known, at most {@link maxIgnoredFields}, in order of appearance. */
  readonly ignoredFields: readonly string[];
}

const maxIgnoredFields = 20;

/** Opens a chunk for reading its rows. Reading a row twice costs less than having the garbage collector carry all rows of a chunk along. */
export function openRows<Row>(chunk: RowChunk, parser: RowParser<Row>): ChunkRows<Row> {
  const ignoredFields = new Set<string>();
  const bytes = Buffer.from(chunk.rows.buffer, chunk.rows.byteOffset, chunk.rows.byteLength);
  const cells = chunk.plan.format === 'csv' ? new CellReader(bytes) : undefined;
  const read = cells === undefined ? jsonReader(bytes, parser, ignoredFields) : csvReader(cells, parser, chunk.plan.columns);
  const isValid = isUtf8(bytes) && !bytes.includes(0) && startsAreCharacters(bytes, chunk.lengths);
  const faults = new Map(chunk.faults.map((fault) => [fault.index, fault]));
  const ends = endsOf(chunk.lengths);
  return {
    length: ends.length,
    at(index) {
      const start = ends[index - 1] ?? 0;
      const end = ends[index] ?? start;
      const fault = faults.get(index);
      const error =
        fault !== undefined
          ? badRequest({ message: fault.message, cause: fault.cause || fault.message })
          : isValid
            ? undefined
            : encodingError(bytes.subarray(start, end));
      return error === undefined ? read(start, end) : { error };
    },
    accountIdAt(index) {
      if (cells === undefined || !isValid || faults.has(index)) return undefined;
      return parser.accountId((column) => cells.cell(ends[index - 1] ?? 0, ends[index] ?? 0, column));
    },
    get ignoredFields() {
      return [...ignoredFields];
    },
  };
}

function endsOf(lengths: readonly number[]): Uint32Array {
  const ends = new Uint32Array(lengths.length);
  let end = 0;
  for (const [index, length] of lengths.entries()) ends[index] = end += length;
  return ends;
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
    return badRequest(
      wording`The row is not valid UTF-8: byte ${invalid + 1} of the row is 0x${record.toString('hex', invalid, invalid + 1)}`,
    );
  const nul = record.indexOf(0);
  return nul < 0 ? undefined : badRequest(wording`The row has a NUL character: byte ${nul + 1} of the row`);
}

type ReadRecord<Row> = (start: number, end: number) => Parsed<Row>;

function csvReader<Row>(reader: CellReader, parser: RowParser<Row>, columns: readonly string[]): ReadRecord<Row> {
  return (start, end) => {
    const cells = reader.cells(start, end);
    if (Array.isArray(cells)) return parser.cells(cells);
    const column = `column ${cells.column + 1}`;
    return {
      error: badRequest(
        cells.kind === 'unclosed-quote'
          ? wording`The quote that opens ${column} is never closed`
          : wording`Text follows the closing quote of ${column}; a quote inside a quoted cell is written twice`,
        columns[cells.column],
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
      return { error: badRequest(wording`The line is not valid JSON: ${(error as SyntaxError).message}`) };
    }
    if (ignoredFields.size < maxIgnoredFields) {
      for (const name of parser.unknownFields(value)) if (ignoredFields.size < maxIgnoredFields) ignoredFields.add(name);
    }
    return parser.object(value);
  };
}
