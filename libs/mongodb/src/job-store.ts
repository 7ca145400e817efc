import type { Job, OutcomeCounts, Slice } from '@advocate/domain';
import { noOutcomes, resumed } from '@advocate/domain';
import type { JobEnding, JobLease, JobProgress, JobStore, SliceProgress, StoredOutcome } from '@advocate/ports';
import type { Collection, Db, Filter } from 'mongodb';
import { idsUnder, insertUnlessThere, readLatest } from './documents.ts';
import { withRetry } from './retry.ts';

/** Opens the jobs of a database. */
export function openMongodbJobStore(db: Db): JobStore {
  return new MongodbJobStore(db);
}

interface JobDocument extends JobState {
  /** `tenant/job` */
  readonly _id: string;
  readonly tenant: string;
  readonly acceptedAt: number;
  readonly lease?: JobLease;
}

/** What changes as one. */
interface JobState {
  readonly job: Job;
  /** Names the write that left the job so; unique for ever. */
  readonly token: string;
  /** Whether it is PENDING, or owes an event or a mail. */
  readonly open: boolean;
  /** When it ended, if outcomes of it may be left. */
  readonly outcomesSince: number | null;
}

/** What a request id created; the job as it was then. */
interface RequestDocument {
  /** `tenant/requestId` */
  readonly _id: string;
  readonly job: Job;
}

interface SliceDocument {
  /** `job/slice` */
  readonly _id: string;
  readonly slice?: Slice;
  /** Partitions of the chunks whose outcomes are stored. */
  readonly stored: readonly number[];
  /** Sums over those. */
  readonly counts: OutcomeCounts;
}

/** A chunk's outcome, or a part of it when it is larger than a document may be. */
interface OutcomeDocument {
  /** `job/slice/partition/part` */
  readonly _id: string;
  readonly partition: number;
  readonly part: number;
  readonly parts: number;
  readonly content: Uint8Array;
}

/** A document may have 16 MB. */
const partBytes = 12 << 20;

/** Every method is repeated as a whole when the connection is lost. What it wrote before, it finds then and leaves as it is. */
class MongodbJobStore implements JobStore {
  readonly #jobs: Collection<JobDocument>;
  readonly #requests: Collection<RequestDocument>;
  readonly #slices: Collection<SliceDocument>;
  readonly #outcomes: Collection<OutcomeDocument>;

  constructor(db: Db) {
    this.#jobs = db.collection('jobs');
    this.#requests = db.collection('jobRequests');
    this.#slices = db.collection('slices');
    this.#outcomes = db.collection('outcomes');
  }

  async create(job: Job, requestId: string | undefined): Promise<Job> {
    return withRetry(async () => {
      if (requestId === undefined) return this.#stored(job);
      const id = `${job.tenant}/${requestId}`;
      await insertUnlessThere(this.#requests, { _id: id, job });
      const request = await readLatest(this.#requests, id);
      return this.#stored(request!.job);
    });
  }

  async ofRequest(tenant: string, requestId: string): Promise<Job | undefined> {
    return withRetry(async () => {
      const request = await this.#requests.findOne({ _id: `${tenant}/${requestId}` });
      return request === null ? undefined : this.#stored(request.job);
    });
  }

  /** The job as it is by now. Stores it first if it is not there: the one who meant to may have crashed after taking the request id. */
  async #stored(job: Job): Promise<Job> {
    const _id = jobKey(job.tenant, job.id);
    await insertUnlessThere(this.#jobs, { _id, tenant: job.tenant, acceptedAt: job.plan.acceptedAt, ...stateOf(job) });
    return (await readLatest(this.#jobs, _id))!.job;
  }

  async get(tenant: string, jobId: string): Promise<Job | undefined> {
    return withRetry(async () => (await this.#jobs.findOne({ _id: jobKey(tenant, jobId) }))?.job);
  }

  async list(tenant: string, limit: number, after?: string): Promise<readonly Job[]> {
    return withRetry(async () => {
      const page: Filter<JobDocument> = { tenant };
      if (after !== undefined) {
        const last = await this.#jobs.findOne({ _id: jobKey(tenant, after) });
        if (last === null) return [];
        page.$or = [{ acceptedAt: { $lt: last.acceptedAt } }, { acceptedAt: last.acceptedAt, _id: { $lt: last._id } }];
      }
      return jobsOf(await this.#jobs.find(page).sort({ acceptedAt: -1, _id: -1 }).limit(limit).toArray());
    });
  }

  async unfinished(): Promise<readonly Job[]> {
    return withRetry(async () => jobsOf(await this.#jobs.find({ open: true }).sort({ acceptedAt: 1, _id: 1 }).toArray()));
  }

  async lease(tenant: string, jobId: string, lease: JobLease, now: number): Promise<boolean> {
    return withRetry(async () => {
      const mayTake = [{ lease: { $exists: false } }, { 'lease.holder': lease.holder }, { 'lease.until': { $lte: now } }];
      const { matchedCount } = await this.#jobs.updateOne({ _id: jobKey(tenant, jobId), $or: mayTake }, { $set: { lease } });
      return matchedCount === 1;
    });
  }

  async advance(tenant: string, jobId: string, progress: JobProgress): Promise<Job | undefined> {
    return this.#change(tenant, jobId, (job) => (job.status === 'PENDING' ? { ...job, ...progress } : job));
  }

  async finish(tenant: string, jobId: string, ending: JobEnding): Promise<boolean> {
    let finished = false;
    await this.#change(tenant, jobId, (job) => {
      finished = job.status === 'PENDING';
      return finished ? { ...job, ...ending, eventOwed: true, mailOwed: job.mailtoEmail !== '' } : job;
    });
    return finished;
  }

  async resume(tenant: string, jobId: string): Promise<Job | undefined> {
    let isAborted = false;
    const job = await this.#change(tenant, jobId, (before) => {
      isAborted = before.status === 'ABORTED';
      return isAborted ? resumed(before) : before;
    });
    return isAborted ? job : undefined;
  }

  async eventPublished(tenant: string, jobId: string): Promise<void> {
    await this.#change(tenant, jobId, (job) => ({ ...job, eventOwed: false }));
  }

  async mailSent(tenant: string, jobId: string): Promise<void> {
    await this.#change(tenant, jobId, (job) => ({ ...job, mailOwed: false }));
  }

  /** Changes a job unless it changed since it was read; then reads it again. Answers the job as it is then. */
  async #change(tenant: string, jobId: string, change: (job: Job) => Job): Promise<Job | undefined> {
    const _id = jobKey(tenant, jobId);
    let attempted: JobState | undefined;
    return withRetry(async () => {
      for (;;) {
        const found = await readLatest(this.#jobs, _id);
        if (found === null) return undefined;
        // An attempt whose answer was lost.
        if (found.token === attempted?.token) return found.job;
        const after = change(found.job);
        if (after === found.job) return after;
        attempted = stateOf(after);
        const { matchedCount } = await this.#jobs.updateOne({ _id, token: found.token }, { $set: attempted });
        if (matchedCount === 1) return after;
      }
    });
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

  async putOutcome(chunk: StoredOutcome): Promise<{ readonly sliceFinished: boolean }> {
    return withRetry(async () => {
      // Bytes first: an outcome that is counted is there to be read.
      for (const part of partsOf(chunk)) await insertUnlessThere(this.#outcomes, part);
      const stored = await this.#count(chunk);
      return { sliceFinished: stored.length === chunk.sliceChunks };
    });
  }

  /** Counts a chunk's rows, once, and answers the partitions counted by then. */
  async #count({ jobId, slice, partition, counts }: StoredOutcome): Promise<readonly number[]> {
    const _id = sliceKey(jobId, slice);
    const added = Object.fromEntries(Object.entries(counts).map(([kind, rows]) => [`counts.${kind}`, rows as number]));
    for (;;) {
      const counted = await this.#slices.findOneAndUpdate(
        { _id, stored: { $ne: partition } },
        { $push: { stored: partition }, $inc: added },
        { returnDocument: 'after', projection: { stored: 1 } },
      );
      const found = counted ?? (await readLatest(this.#slices, _id));
      if (found?.stored.includes(partition)) return found.stored;
      await insertUnlessThere(this.#slices, { _id, stored: [], counts: noOutcomes });
    }
  }

  async outcomes(jobId: string, slice: number): Promise<readonly Uint8Array[]> {
    const documents = await withRetry(() => this.#outcomes.find({ _id: idsUnder(sliceKey(jobId, slice)) }).toArray());
    const chunks = Map.groupBy(
      documents.toSorted((a, b) => a.partition - b.partition || a.part - b.part),
      ({ partition }) => partition,
    );
    return [...chunks.values()].filter((parts) => parts.length === parts[0]!.parts).map(joined);
  }

  async removeOutcomesOfJobsEndedBefore(time: number): Promise<void> {
    const ended = await withRetry(() => this.#jobs.find({ outcomesSince: { $lt: time } }, { projection: { 'job.id': 1 } }).toArray());
    for (const { _id, job } of ended) {
      const ofJob = { _id: idsUnder(job.id) };
      const slices = await withRetry(() => this.#slices.find(ofJob, { projection: { _id: 1 } }).toArray());
      await withRetry(() => this.#slices.updateMany(ofJob, { $set: { stored: [], counts: noOutcomes } }));
      // Slice by slice, as all of a large job's may take longer than an operation should.
      for (const slice of slices) await withRetry(() => this.#outcomes.deleteMany({ _id: idsUnder(slice._id) }));
      await withRetry(() => this.#outcomes.deleteMany(ofJob));
      await withRetry(() => this.#jobs.updateOne({ _id, outcomesSince: { $lt: time } }, { $set: { outcomesSince: null } }));
    }
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

/** No tenant and no job id has a `/`. */
const jobKey = (tenant: string, jobId: string): string => `${tenant}/${jobId}`;
const sliceKey = (jobId: string, slice: number): string => `${jobId}/${slice}`;

const jobsOf = (documents: readonly JobDocument[]): readonly Job[] => documents.map(({ job }) => job);

function stateOf(job: Job): JobState {
  const open = job.status === 'PENDING' || job.eventOwed || job.mailOwed;
  return { job, token: crypto.randomUUID(), open, outcomesSince: job.dateCompleted ?? null };
}

function* partsOf({ jobId, slice, partition, outcome }: StoredOutcome): Generator<OutcomeDocument> {
  const parts = Math.max(1, Math.ceil(outcome.length / partBytes));
  for (let part = 0; part < parts; part += 1) {
    const content = outcome.subarray(part * partBytes, (part + 1) * partBytes);
    yield { _id: `${sliceKey(jobId, slice)}/${partition}/${part}`, partition, part, parts, content };
  }
}

function joined(parts: readonly OutcomeDocument[]): Uint8Array {
  return parts.length === 1 ? parts[0]!.content : Buffer.concat(parts.map(({ content }) => content));
}
