import { parse } from 'fast-csv';
import { CellReader } from './cell-reader.ts';
import { RecordFlag, RecordList, type RecordPosition } from './record-list.ts';
import { RecordScanner, type RecordFormat } from './record-scanner.ts';

export interface ScannedRecord extends RecordPosition {
  readonly length: number;
  readonly flags: number;
}

export function scan(format: RecordFormat, blocks: Iterable<Uint8Array>, start?: RecordPosition): ScannedRecord[] {
  const scanner = new RecordScanner(format, start);
  const records = new RecordList(1);
  for (const block of blocks) scanner.push(block, records);
  scanner.end(records);
  return toArray(records);
}

export function toArray(records: RecordList): ScannedRecord[] {
  return Array.from({ length: records.count }, (_, i) => ({
    ...records.positionAt(i),
    length: records.lengths[i]!,
    flags: records.flags[i]!,
  }));
}

export function cellsOf(file: Buffer, records: readonly ScannedRecord[]): (string[] | object)[] {
  const reader = new CellReader(file);
  return records.map(({ offset, length }) => reader.cells(offset, offset + length));
}

/** Each way to cut the bytes into two blocks, and the bytes one by one with empty blocks between. */
export function* everySplit(file: Buffer): Generator<Buffer[]> {
  for (let at = 0; at <= file.length; at++) yield [file.subarray(0, at), file.subarray(at)];
  yield Array.from(file, (_, i) => [file.subarray(i, i + 1), file.subarray(i, i)]).flat();
}

// One cell: quotes with what follows the closing one, or text. The lookahead makes the quoted part atomic, as no engine may give back
// half of a doubled quote.
const cell = /"(?=((?:[^"]+|"")*))\1(?:"[^,\r\n]*)?|[^,\r\n]*/y;

/** The records as regular expressions over the whole file find them: slow, and with nothing in common with the scanner. */
export function recordsByRegExp(format: RecordFormat, file: Buffer): ScannedRecord[] {
  const text = file.toString('latin1');
  const found: ScannedRecord[] = [];
  let recordNumber = 1;
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  while (at < text.length) {
    let end = at;
    let unclosed = false;
    if (format === 'jsonl') {
      end += text.slice(at).search(/[\r\n]|$/);
    } else {
      for (;;) {
        cell.lastIndex = end;
        const match = cell.exec(text)!;
        unclosed = match[0].startsWith('"') && /^"([^"]|"")*$/.test(match[0]);
        end += match[0].length;
        if (text[end] !== ',') break;
        end++;
      }
    }
    const content = text.slice(at, end);
    if (/[^ \t]/.test(content)) {
      const flags =
        (unclosed ? RecordFlag.unclosedQuote : 0) |
        (format === 'csv' && content.includes('"') ? RecordFlag.hasQuote : 0) |
        (content.includes('\0') ? RecordFlag.hasNul : 0);
      const line = text.slice(0, at).split(/\r\n|\r|\n/).length;
      found.push({ recordNumber, line, offset: at, length: content.length, flags });
      recordNumber++;
    } else if (format === 'jsonl' || found.length > 0) {
      recordNumber++;
    }
    at = end + (text.startsWith('\r\n', end) ? 2 : 1);
  }
  return found;
}

/** The cells as fast-csv reads them. It reports a blank line as a row of no cells, which is not a record here. */
export async function cellsByFastCsv(file: Buffer): Promise<string[][]> {
  const rows: string[][] = [];
  const parser = parse<string[], string[]>();
  parser.end(file);
  for await (const row of parser) if (row.length > 0) rows.push(row);
  return rows;
}

/** Repeatable random integers below a limit (mulberry32). */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) % limit;
  };
}
