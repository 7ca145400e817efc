import type { Job, Position } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import { readOutcomeErrors } from '@advocate/messages';
import type { FileStore, JobStore } from '@advocate/ports';
import { readRecords } from './read-records.ts';
import type { RecordRange } from './record-copier.ts';
import { RecordCopier } from './record-copier.ts';

export interface FailedRowsDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
}

/** By it spreadsheets know UTF-8. */
const byteOrderMark = Buffer.from('\ufeff');

/**
 * Cuts an ended job's failed rows out of its file: what comes before the first row, such as the header, and then the rows' records in the order of the file, so that they can be
 * corrected and imported as they are. Every byte is as it stands there, line ends included; of a file in UTF-16, as it stands in the UTF-8 copy, a CSV's below a
 * byte order mark. Memory holds a slice's errors and a block of the file. Throws in the end when not all rows were found, as the job was removed meanwhile, say.
 */
export async function* readFailedRows({ jobs, files }: FailedRowsDependencies, job: Job): AsyncGenerator<Uint8Array> {
  const { source, fileRef, plan, counts = noOutcomes } = job;
  if (source.name !== fileRef && plan.format === 'csv') yield byteOrderMark;
  yield* files.read(source.name, { end: source.start.offset });
  const slices = await jobs.slices(job.id);
  let rows = 0;
  for await (const chunks of jobs.failures(job.id)) {
    const failed = chunks.flatMap((bytes) => Array.from(readOutcomeErrors(bytes), ({ recordNumber }) => recordNumber));
    failed.sort((one, other) => one - other);
    const slice = slices.findLast(({ start }) => start.recordNumber <= (failed[0] ?? 0));
    yield* copyRecords(files, source.name, await findRecords(files, job, slice?.start ?? source.start, failed));
    rows += failed.length;
  }
  if (rows < counts.failed) throw new Error(`${rows} failed rows of job ${job.id} were found; it has ${counts.failed}`);
}

/** Finds records by their numbers, ascending, from the place where one begins that is not after them. */
async function findRecords(
  files: FileStore,
  { id, source, plan }: Job,
  start: Position,
  wanted: readonly number[],
): Promise<RecordRange[]> {
  const ranges: RecordRange[] = [];
  for await (const { records } of readRecords(files, source, plan.format, start)) {
    for (let index = 0; index < records.count; index += 1) {
      if (ranges.length === wanted.length) return ranges;
      if (records.recordNumbers[index] !== wanted[ranges.length]) continue;
      const offset = records.offsets[index] ?? 0;
      ranges.push({ start: offset, end: offset + (records.lengths[index] ?? 0) });
    }
  }
  if (ranges.length < wanted.length) throw new Error(`The file of job ${id} has no record ${wanted[ranges.length]}`);
  return ranges;
}

const longestLineEnd = 2;

async function* copyRecords(files: FileStore, name: string, ranges: readonly RecordRange[]): AsyncGenerator<Uint8Array> {
  const start = ranges[0]?.start ?? 0;
  const end = (ranges.at(-1)?.end ?? 0) + longestLineEnd;
  const copier = new RecordCopier(ranges, start);
  for await (const block of files.read(name, { start, end })) {
    const copied = copier.take(block);
    if (copied.length > 0) yield copied;
  }
}
