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
  let kept = Buffer.alloc(0);
  let keptFrom = start.offset;

  const batch = (): RecordBatch => {
    // Made only where cells are asked for; for all records of the batch, since making one costs.
    let reader: CellReader | undefined;
    return {
      records,
      openQuoteLine: scanner.openQuoteLine,
      cellsOf(index) {
        reader ??= new CellReader(kept);
        const start = (records.offsets[index] ?? 0) - keptFrom;
        return reader.cells(start, start + (records.lengths[index] ?? 0));
      },
      bytesOf(index) {
        const offset = records.offsets[index] ?? 0;
        const length = records.lengths[index] ?? 0;
        if (offset < keptFrom || length > maxRecordBytes) return undefined;
        return kept.subarray(offset - keptFrom, offset - keptFrom + length);
      },
    };
  };

  for await (const block of files.read(source.name, { start: start.offset })) {
    kept = Buffer.concat([kept, block]);
    scanner.push(block, records);
    if (records.count > 0) {
      yield batch();
      records.clear();
    }
    // Blank lines go too, though they complete no record.
    kept = kept.subarray(Math.max(scanner.openRecordOffset - keptFrom, 0));
    keptFrom = Math.max(scanner.openRecordOffset, keptFrom);
    if (kept.length > maxRecordBytes + block.length) {
      keptFrom += kept.length;
      kept = Buffer.alloc(0);
    }
  }
  scanner.end(records);
  if (records.count > 0) yield batch();
}
