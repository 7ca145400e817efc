import type { FileFormat, Position, Source } from '@advocate/domain';
import type { FileStore } from '@advocate/ports';
import type { MalformedRecord } from '@advocate/record-scanner';
import { CellReader, RecordList, RecordScanner } from '@advocate/record-scanner';

/** Longer records are not read: nothing valid is near this size. */
export const maxRecordBytes = 1024 * 1024;

/** Consecutive records of a file, with their bytes at hand. */
export interface RecordBatch {
  readonly records: RecordList;
  /** The bytes of the record at an index, or nothing when it is longer than {@link maxRecordBytes}. They are valid until the next batch is asked for. */
  bytesOf(index: number): Buffer | undefined;
  /** CSV: the cells of a record that has bytes, or what is wrong with it. */
  cellsOf(index: number): string[] | MalformedRecord;
  /** CSV: one cell of a record that has bytes, nothing when it has fewer, or what is wrong with it up to there. Not to be kept: it keeps the batch alive. */
  cellOf(index: number, column: number): string | MalformedRecord | undefined;
  /** The line where the quote opens that the file's last record never closes. */
  readonly openQuoteLine: number | undefined;
}

/**
 * Reads a file's records in order, from the place where one begins. Memory stays flat: a batch is what one block of the file completes,
 * and of a record that is too long nothing is kept.
 */
export async function* readRecords(files: FileStore, source: Source, format: FileFormat, start: Position): AsyncGenerator<RecordBatch> {
  const scanner = new RecordScanner(format, start);
  const records = new RecordList();
  const kept = new KeptBytes(start.offset);

  const batch = (): RecordBatch => {
    // Made only where cells are asked for; for all records of the batch, since making one costs.
    let reader: CellReader | undefined;
    const startOf = (index: number): number => (records.offsets[index] ?? 0) - kept.from;
    const endOf = (index: number): number => startOf(index) + (records.lengths[index] ?? 0);
    return {
      records,
      openQuoteLine: scanner.openQuoteLine,
      cellsOf: (index) => (reader ??= new CellReader(kept.bytes)).cells(startOf(index), endOf(index)),
      cellOf: (index, column) => (reader ??= new CellReader(kept.bytes)).cell(startOf(index), endOf(index), column),
      bytesOf(index) {
        const offset = records.offsets[index] ?? 0;
        const length = records.lengths[index] ?? 0;
        if (offset < kept.from || length > maxRecordBytes) return undefined;
        return kept.bytes.subarray(offset - kept.from, offset - kept.from + length);
      },
    };
  };

  for await (const block of files.read(source.name, { start: start.offset })) {
    kept.append(block);
    scanner.push(block, records);
    if (records.count > 0) {
      yield batch();
      records.clear();
    }
    // Blank lines go too, though they complete no record.
    kept.dropBefore(scanner.openRecordOffset);
    if (kept.bytes.length > maxRecordBytes + block.length) kept.dropBefore(Infinity);
  }
  scanner.end(records);
  if (records.count > 0) yield batch();
}

/** The bytes of a file from some offset on to where it was read. */
class KeptBytes {
  /** The file's offset of the first byte. */
  from: number;
  /** Valid until more are appended. */
  bytes: Buffer = Buffer.alloc(0);
  /** Holds {@link bytes}; its room is used again and again. */
  #room: Buffer = Buffer.alloc(0);

  constructor(from: number) {
    this.from = from;
  }

  append(block: Uint8Array): void {
    const kept = this.bytes.length;
    const needed = kept + block.length;
    const room = needed <= this.#room.length ? this.#room : Buffer.allocUnsafe(Math.max(needed, 2 * this.#room.length));
    this.bytes.copy(room);
    room.set(block, kept);
    this.#room = room;
    this.bytes = room.subarray(0, needed);
  }

  /** Lets go of the bytes before an offset of the file, at most of all. */
  dropBefore(offset: number): void {
    const dropped = Math.min(Math.max(offset - this.from, 0), this.bytes.length);
    this.bytes = this.bytes.subarray(dropped);
    this.from += dropped;
  }
}
