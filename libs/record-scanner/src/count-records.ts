import { RecordList } from './record-list.ts';
import { type RecordFormat, RecordScanner } from './record-scanner.ts';

/** Counts the data records, a CSV file's header not among them, and the bytes of a file that is read from its first byte. */
export async function countRecords(
  blocks: AsyncIterable<Uint8Array>,
  format: RecordFormat,
): Promise<{ readonly records: number; readonly bytes: number }> {
  const scanner = new RecordScanner(format);
  const list = new RecordList();
  let records = 0;
  let bytes = 0;
  for await (const block of blocks) {
    scanner.push(block, list);
    bytes += block.length;
    records += list.count;
    list.clear();
  }
  scanner.end(list);
  records += list.count;
  return { records: format === 'csv' ? records - 1 : records, bytes };
}
