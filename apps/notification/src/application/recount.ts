import type { Job } from '@advocate/domain';
import type { FileStore } from '@advocate/ports';
import { countRecords } from '@advocate/record-scanner';

/** Counts the data records and bytes of a job's file by reading it once more from its first byte, without looking at slices or outcomes. */
export function recount(files: FileStore, { source, plan }: Job): Promise<{ readonly records: number; readonly bytes: number }> {
  return countRecords(files.read(source.name), plan.format);
}
