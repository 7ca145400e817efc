import type { Job } from '@advocate/domain';
import type { FileStore } from '@advocate/ports';
import { RecordList, RecordScanner } from '@advocate/record-scanner';

/** Counts the data records and bytes of a job's file by reading it once more from its first byte, without looking at slices or outcomes. */
export async function recount(files: FileStore, { source, plan }: Job): Promise<{ readonly records: number; readonly bytes: number }> {
  const scanner = new RecordScanner(plan.format);
  const records = new RecordList();
  let count = plan.format === 'csv' ? -1 : 0;
  let bytes = 0;
  for await (const block of files.read(source.name)) {
    scanner.push(block, records);
    bytes += block.length;
    count += records.count;
    records.clear();
  }
  scanner.end(records);
  return { records: count + records.count, bytes };
}
