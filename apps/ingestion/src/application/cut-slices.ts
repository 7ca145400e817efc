import type { Job, Position, Slice, Wording } from '@advocate/domain';
import { common } from '@advocate/domain';
import type { RowChunk, RowFault } from '@advocate/messages';
import type { FileStore } from '@advocate/ports';
import { readRecords } from './read-records.ts';
import { faultOf, PartitionDealer } from './record-facts.ts';

/** A slice with its chunks, one for each partition that it has rows for. */
export interface CutSlice {
  readonly slice: Slice;
  /** Their rows are valid until the next slice is asked for. */
  readonly chunks: readonly Omit<RowChunk, 'previousSlice'>[];
}

/** What of a job decides how its file is cut. */
export type CutFile = Pick<Job, 'plan' | 'source' | 'partitions'>;

/** Slices end after so many bytes of rows, whatever their number. */
const maxSliceBytes = 4 * 1024 * 1024;
const firstSliceRecords = 500;
const maxSliceRecords = 16_000;

/** First slices are small, so that the first outcomes show soon; later ones large, so that commits are few. */
const sliceRecords = (index: number): number => Math.min(firstSliceRecords * 2 ** Math.min(index, 10), maxSliceRecords);

/** How much of what a slice may have it has, from 0 to 1; a row that is larger alone counts as more. */
export const fullness = ({ records, bytes }: Pick<Slice, 'records' | 'bytes'>): number =>
  Math.max(records / maxSliceRecords, bytes / maxSliceBytes);

/**
 * Cuts a job's file into slices, from the start of one of them. A pure function of the file's bytes and the job's settings: cut again, it
 * gives the same slices.
 */
export async function* cutSlices(
  files: FileStore,
  job: CutFile,
  from: { readonly index: number; readonly start: Position },
): AsyncGenerator<CutSlice> {
  const { plan, source } = job;
  const dealer = new PartitionDealer(plan, job.partitions);
  const parts = new Map<number, ChunkPart>();
  let open = new OpenSlice(job, from.index, from.start, parts);
  for await (const batch of readRecords(files, source, plan.format, from.start)) {
    const { records } = batch;
    for (let index = 0; index < records.count; index += 1) {
      const recordNumber = records.recordNumbers[index] ?? 0;
      const fault = faultOf(batch, index);
      const record = fault === undefined ? batch.bytesOf(index) : undefined;
      if (open.records >= sliceRecords(open.index) || (open.records > 0 && open.rowBytes + (record?.length ?? 0) > maxSliceBytes)) {
        const start = records.positionAt(index);
        yield open.close(start.offset);
        open = new OpenSlice(job, open.index + 1, start, parts);
      }
      if (record === undefined) open.addFault(recordNumber, fault ?? common('The row cannot be read'));
      else open.add(recordNumber, record, dealer.partition(batch, index));
    }
  }
  if (open.records > 0) yield open.close(source.bytes);
}

class OpenSlice {
  readonly index: number;
  records = 0;
  rowBytes = 0;
  readonly #job: CutFile;
  readonly #start: Position;
  readonly #parts: Map<number, ChunkPart>;

  /** @param parts those of the slice before, whose room is used again */
  constructor(job: CutFile, index: number, start: Position, parts: Map<number, ChunkPart>) {
    this.#job = job;
    this.index = index;
    this.#start = start;
    this.#parts = parts;
    for (const part of parts.values()) part.clear();
  }

  add(recordNumber: number, record: Buffer, partition: number): void {
    this.records += 1;
    this.rowBytes += record.length;
    const part = this.#part(partition);
    part.append(record);
    part.recordNumbers.push(recordNumber);
  }

  /** A record without bytes goes to the first partition. */
  addFault(recordNumber: number, { message, cause }: Wording): void {
    const part = this.#part(0);
    part.faults.push({ index: part.lengths.length, message, cause });
    this.add(recordNumber, Buffer.alloc(0), 0);
  }

  #part(partition: number): ChunkPart {
    let part = this.#parts.get(partition);
    if (part === undefined) this.#parts.set(partition, (part = new ChunkPart()));
    return part;
  }

  close(end: number): CutSlice {
    const filled = [...this.#parts].filter(([, part]) => part.lengths.length > 0);
    const partitions = filled.map(([partition]) => partition).sort((one, other) => one - other);
    const slice: Slice = {
      index: this.index,
      start: this.#start,
      bytes: end - (this.index === 0 ? 0 : this.#start.offset),
      records: this.records,
      partitions,
    };
    const { plan } = this.#job;
    const chunks = partitions.map((partition) => {
      const { rows, lengths, recordNumbers, faults } = this.#part(partition);
      return { plan, slice: this.index, partition, sliceChunks: partitions.length, rows, lengths, recordNumbers, faults };
    });
    return { slice, chunks };
  }
}

/** The rows of one partition, copied out of the file's blocks. */
class ChunkPart {
  lengths: number[] = [];
  recordNumbers: number[] = [];
  faults: RowFault[] = [];
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #used = 0;

  append(record: Buffer): void {
    const end = this.#used + record.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    record.copy(this.#bytes, this.#used);
    this.#used = end;
    this.lengths.push(record.length);
  }

  get rows(): Buffer {
    return this.#bytes.subarray(0, this.#used);
  }

  clear(): void {
    this.#used = 0;
    this.lengths = [];
    this.recordNumbers = [];
    this.faults = [];
  }
}
