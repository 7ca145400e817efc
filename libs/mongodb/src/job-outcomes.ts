import type { OutcomeCounts, ProgressPoint, RowsStored, Slice } from '@advocate/domain';
import { countRows, historyOf, noOutcomes } from '@advocate/domain';
import type { SliceProgress, StoredOutcome } from '@advocate/ports';
import type { Collection, Db, Filter } from 'mongodb';
import { idsUnder, insertUnlessThere, readLatest } from './documents.ts';
import { inParts, joined } from './parts.ts';
import { withRetry } from './retry.ts';

interface SliceDocument {
  /** `job/slice` */
  readonly _id: string;
  readonly slice?: Slice;
  /** Partitions of the chunks whose outcomes are stored. */
  readonly stored: readonly number[];
  /** Sums over those. */
  readonly counts: OutcomeCounts;
  /** Each of those, but for such as an earlier version stored. */
  readonly history?: readonly RowsStored[];
}

/** A chunk's outcome, or a part of it when it is larger than a document may be. */
interface OutcomeDocument {
  /** `job/slice/partition/part` */
  readonly _id: string;
  readonly partition: number;
  readonly part: number;
  readonly parts: number;
  /** Failed rows; an earlier version did not say. */
  readonly failed?: number;
  readonly content: Uint8Array;
}

/** The slices of jobs and the outcomes of their chunks; see JobStore. */
export class JobOutcomes {
  readonly #slices: Collection<SliceDocument>;
  readonly #outcomes: Collection<OutcomeDocument>;

  constructor(db: Db) {
    this.#slices = db.collection('slices');
    this.#outcomes = db.collection('outcomes');
  }

  async putSlice(jobId: string, slice: Slice): Promise<void> {
    await withRetry(async () => {
      const _id = sliceKey(jobId, slice.index);
      if (await insertUnlessThere(this.#slices, { _id, slice, stored: [], counts: noOutcomes })) return;
      await this.#slices.updateOne({ _id, slice: { $exists: false } }, { $set: { slice } });
    });
  }

  async slices(jobId: string): Promise<readonly SliceProgress[]> {
    const documents = await withRetry(() => this.#slices.find({ _id: idsUnder(jobId), slice: { $exists: true } }).toArray());
    return documents
      .map(({ slice, stored }) => ({ ...slice!, finished: stored.length === slice!.partitions.length }))
      .toSorted((a, b) => a.index - b.index);
  }

  /** @param isRemoved whether the outcomes of its job were removed, or are being; asked only when the slice is not there */
  async put(chunk: StoredOutcome, isRemoved: () => Promise<boolean>): Promise<{ readonly sliceFinished: boolean }> {
    return withRetry(async () => {
      // Bytes first: an outcome that is counted is there to be read.
      for (const part of await partsOf(chunk)) await insertUnlessThere(this.#outcomes, part);
      const stored = await this.#count(chunk, isRemoved);
      if (stored === undefined) await this.#outcomes.deleteMany({ _id: idsUnder(chunkKey(chunk)) });
      return { sliceFinished: stored?.length === chunk.sliceChunks };
    });
  }

  /** Counts a chunk's rows, once, and answers the partitions counted by then; nothing, and nothing changed, when they are not to be counted any more. */
  async #count(
    { jobId, slice, partition, counts, storedAt }: StoredOutcome,
    isRemoved: () => Promise<boolean>,
  ): Promise<readonly number[] | undefined> {
    const _id = sliceKey(jobId, slice);
    const added = Object.fromEntries(Object.entries(counts).map(([kind, rows]) => [`counts.${kind}`, rows as number]));
    const chunk: RowsStored = { date: storedAt, rows: countRows(counts), failed: counts.failed };
    for (;;) {
      const counted = await this.#slices.findOneAndUpdate(
        { _id, stored: { $ne: partition } },
        { $push: { stored: partition, history: chunk }, $inc: added },
        { returnDocument: 'after', projection: { stored: 1 } },
      );
      const found = counted ?? (await readLatest(this.#slices, _id));
      if (found?.stored.includes(partition)) return found.stored;
      if (found === null && (await isRemoved())) return undefined;
      await insertUnlessThere(this.#slices, { _id, stored: [], counts: noOutcomes });
    }
  }

  async ofSlice(jobId: string, slice: number): Promise<readonly Uint8Array[]> {
    return this.#outcomesOf({ _id: idsUnder(sliceKey(jobId, slice)) });
  }

  async *failures(jobId: string): AsyncGenerator<readonly Uint8Array[]> {
    const haveFailures = { _id: idsUnder(jobId), 'counts.failed': { $gt: 0 } };
    const slices = await withRetry(() => this.#slices.find(haveFailures, { projection: { _id: 1 } }).toArray());
    const ids = slices.map(({ _id }) => _id).toSorted((a, b) => sliceOf(a) - sliceOf(b));
    for (const id of ids) yield await this.#outcomesOf({ _id: idsUnder(id), failed: { $ne: 0 } });
  }

  async #outcomesOf(filter: Filter<OutcomeDocument>): Promise<readonly Uint8Array[]> {
    const documents = await withRetry(() => this.#outcomes.find(filter).toArray());
    const chunks = Map.groupBy(
      documents.toSorted((a, b) => a.partition - b.partition || a.part - b.part),
      ({ partition }) => partition,
    );
    const whole = [...chunks.values()].filter((parts) => parts.length === parts[0]!.parts);
    return Promise.all(whole.map((parts) => joined(parts.map(({ content }) => content))));
  }

  /** Removes the slices and their outcomes. */
  async remove(jobId: string): Promise<void> {
    const ofJob = { _id: idsUnder(jobId) };
    const slices = await withRetry(() => this.#slices.find(ofJob, { projection: { _id: 1 } }).toArray());
    // Slice by slice, as all of a large job's may take longer than an operation should.
    for (const slice of slices) await withRetry(() => this.#outcomes.deleteMany({ _id: idsUnder(slice._id) }));
    await withRetry(() => this.#slices.deleteMany(ofJob));
    // What came meanwhile; from here on an outcome finds no slice.
    await withRetry(() => this.#outcomes.deleteMany(ofJob));
  }

  async history(jobId: string): Promise<readonly ProgressPoint[]> {
    const slices = await withRetry(() => this.#slices.find({ _id: idsUnder(jobId) }, { projection: { history: 1 } }).toArray());
    return historyOf(slices.flatMap(({ history = [] }) => history));
  }

  async progress(jobId: string): Promise<{ readonly counts: OutcomeCounts; readonly bytes: number }> {
    const isFinished = { $eq: [{ $size: '$stored' }, { $size: { $ifNull: ['$slice.partitions', []] } }] };
    const sums = Object.fromEntries(Object.keys(noOutcomes).map((kind) => [kind, { $sum: `$counts.${kind}` }]));
    const [total] = await withRetry(() =>
      this.#slices
        .aggregate<OutcomeCounts & { bytes: number }>([
          { $match: { _id: idsUnder(jobId) } },
          { $group: { _id: null, ...sums, bytes: { $sum: { $cond: [isFinished, '$slice.bytes', 0] } } } },
          { $project: { _id: 0 } },
        ])
        .toArray(),
    );
    const { bytes, ...counts } = total ?? { bytes: 0, ...noOutcomes };
    return { counts, bytes };
  }
}

/** No job id has a `/`. */
const sliceKey = (jobId: string, slice: number): string => `${jobId}/${slice}`;
const chunkKey = ({ jobId, slice, partition }: StoredOutcome): string => `${sliceKey(jobId, slice)}/${partition}`;
const sliceOf = (key: string): number => Number(key.split('/')[1]);

async function partsOf(chunk: StoredOutcome): Promise<readonly OutcomeDocument[]> {
  const { partition, counts, outcome } = chunk;
  const contents = await inParts(outcome);
  return contents.map((content, part) => ({
    ...{ _id: `${chunkKey(chunk)}/${part}`, partition, part, parts: contents.length },
    ...{ failed: counts.failed, content },
  }));
}
