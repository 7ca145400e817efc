import type { Job, OutcomeCounts, ProgressPoint, Slice } from '@advocate/domain';
import type { JobFilter, JobLease, JobStore, SliceProgress, StoredOutcome } from '@advocate/ports';
import { JobLife } from '@advocate/ports';
import type { Collection, Db } from 'mongodb';
import { idsUnder, insertUnlessThere, readLatest } from './documents.ts';
import { expiredUnnoted } from './first-jobs.ts';
import type { JobDocument, JobState, RequestDocument } from './job-documents.ts';
import { jobKey, jobOf, jobsOf, pageFilter, stateOf } from './job-documents.ts';
import { JobOutcomes } from './job-outcomes.ts';
import { withRetry } from './retry.ts';
import { keptSecret } from './secrets.ts';

/** Opens the jobs of a database. */
export function openMongodbJobStore(db: Db): JobStore {
  return new MongodbJobStore(db);
}

/** Every method is repeated as a whole when the connection is lost. What it wrote before, it finds then and leaves as it is. */
class MongodbJobStore extends JobLife implements JobStore {
  readonly #db: Db;
  readonly #jobs: Collection<JobDocument>;
  readonly #requests: Collection<RequestDocument>;
  readonly #outcomes: JobOutcomes;

  constructor(db: Db) {
    super();
    this.#db = db;
    this.#jobs = db.collection('jobs');
    this.#requests = db.collection('jobRequests');
    this.#outcomes = new JobOutcomes(db);
  }

  async create(job: Job, requestId: string | undefined): Promise<Job> {
    return withRetry(async () => {
      if (requestId === undefined) return (await this.#storedUnlessRemoved(job)) ?? Promise.reject(wasRemoved(job));
      const id = `${job.tenant}/${requestId}`;
      for (;;) {
        await insertUnlessThere(this.#requests, { _id: id, job });
        const request = await readLatest(this.#requests, id);
        const stored = request === null ? undefined : await this.#storedUnlessRemoved(request.job);
        if (stored !== undefined) return stored;
        // The removal of the job that it created was broken off.
        await this.#requests.deleteOne({ _id: id, 'job.id': request?.job.id ?? '' });
        if (request?.job.id === job.id) throw wasRemoved(job);
      }
    });
  }

  async ofRequest(tenant: string, requestId: string): Promise<Job | undefined> {
    return withRetry(async () => {
      const request = await this.#requests.findOne({ _id: `${tenant}/${requestId}` });
      return request === null ? undefined : this.#storedUnlessRemoved(request.job);
    });
  }

  /** The job as it is by now. Stores it first if it is not there: the one who meant to may have crashed after taking the request id. */
  async #storedUnlessRemoved(job: Job): Promise<Job | undefined> {
    const _id = jobKey(job.tenant, job.id);
    await insertUnlessThere(this.#jobs, { _id, tenant: job.tenant, acceptedAt: job.plan.acceptedAt, ...stateOf(job) });
    return jobOf(await readLatest(this.#jobs, _id));
  }

  async get(tenant: string, jobId: string): Promise<Job | undefined> {
    return withRetry(async () => jobOf(await this.#jobs.findOne({ _id: jobKey(tenant, jobId) })));
  }

  async list(tenant: string, limit: number, filter: JobFilter = {}): Promise<readonly Job[]> {
    const page = pageFilter(tenant, filter);
    return withRetry(async () => jobsOf(await this.#jobs.find(page).sort({ acceptedAt: -1, _id: -1 }).limit(limit).toArray()));
  }

  async remove(tenant: string, jobId: string): Promise<boolean> {
    const _id = jobKey(tenant, jobId);
    const isRemoving = await withRetry(async () => {
      for (;;) {
        const found = await readLatest(this.#jobs, _id);
        if (found?.job === undefined) return undefined;
        if (found.job.status === 'PENDING' || found.job.eventOwed) return false;
        // From here on it is not resumed: what it would go on from goes away. Nor is a mail sent of it.
        const marked = { ...stateOf({ ...found.job, mailOwed: false }), removing: true } as const;
        if ((await this.#jobs.updateOne({ _id, token: found.token }, { $set: marked })).matchedCount === 1) return true;
      }
    });
    if (isRemoving !== true) return isRemoving === undefined;
    await this.#outcomes.remove(jobId);
    await withRetry(() => this.#requests.deleteMany({ _id: idsUnder(tenant), 'job.id': jobId }));
    await withRetry(() => this.#jobs.replaceOne({ _id }, { token: crypto.randomUUID() }));
    return true;
  }

  async wasRemoved(tenant: string, jobId: string): Promise<boolean> {
    const found = await withRetry(() => this.#jobs.findOne({ _id: jobKey(tenant, jobId) }, { projection: { 'job.id': 1 } }));
    return found !== null && found.job === undefined;
  }

  async unfinished(): Promise<readonly Job[]> {
    return withRetry(async () => jobsOf(await this.#jobs.find({ open: true }).sort({ acceptedAt: 1, _id: 1 }).toArray()));
  }

  async lease(tenant: string, jobId: string, lease: JobLease, now: number): Promise<boolean> {
    return withRetry(async () => {
      const mayTake = [{ lease: { $exists: false } }, { 'lease.holder': lease.holder }, { 'lease.until': { $lte: now } }];
      const { matchedCount } = await this.#jobs.updateOne(
        { _id: jobKey(tenant, jobId), job: { $exists: true }, $or: mayTake },
        { $set: { lease } },
      );
      return matchedCount === 1;
    });
  }

  /** Changes a job unless it changed since it was read; then reads it again. */
  protected async change(tenant: string, jobId: string, change: (job: Job, isBeingRemoved: boolean) => Job): Promise<Job | undefined> {
    const _id = jobKey(tenant, jobId);
    let attempted: JobState | undefined;
    return withRetry(async () => {
      for (;;) {
        const found = await readLatest(this.#jobs, _id);
        const before = jobOf(found);
        if (found === null || before === undefined) return undefined;
        // An attempt whose answer was lost.
        if (found.token === attempted?.token) return before;
        const after = change(before, found.removing === true);
        if (after === before) return after;
        attempted = stateOf(after);
        const { matchedCount } = await this.#jobs.updateOne({ _id, token: found.token }, { $set: attempted });
        if (matchedCount === 1) return after;
      }
    });
  }

  async expired(now: number, limit: number): Promise<readonly Job[]> {
    return withRetry(async () =>
      jobsOf(
        await this.#jobs
          .find({ $or: [{ expiresAt: { $lte: now } }, expiredUnnoted(now)] })
          .sort({ expiresAt: 1 })
          .limit(limit)
          .toArray(),
      ),
    );
  }

  async expire(tenant: string, jobId: string): Promise<void> {
    if ((await this.get(tenant, jobId)) === undefined) return;
    await this.#outcomes.remove(jobId);
    await this.change(tenant, jobId, (job) => ({ ...job, filesRemoved: true }));
  }

  async usesFile(name: string, except = ''): Promise<boolean> {
    const named = [{ 'job.fileRef': name }, { 'job.source.name': name }];
    const used = { $or: named, 'job.filesRemoved': { $exists: false }, 'job.id': { $ne: except } };
    const job = await withRetry(() => this.#jobs.findOne(used, { projection: { _id: 1 } }));
    return job !== null;
  }

  putSlice(jobId: string, slice: Slice): Promise<void> {
    return this.#outcomes.putSlice(jobId, slice);
  }

  slices(jobId: string): Promise<readonly SliceProgress[]> {
    return this.#outcomes.slices(jobId);
  }

  putOutcome(chunk: StoredOutcome): Promise<{ readonly sliceFinished: boolean }> {
    return this.#outcomes.put(chunk, () => this.#areOutcomesRemoved(chunk));
  }

  async #areOutcomesRemoved({ tenant, jobId }: StoredOutcome): Promise<boolean> {
    const found = await readLatest(this.#jobs, jobKey(tenant, jobId));
    return found !== null && (found.job === undefined || found.removing === true || found.job.filesRemoved === true);
  }

  outcomes(jobId: string, slice: number): Promise<readonly Uint8Array[]> {
    return this.#outcomes.ofSlice(jobId, slice);
  }

  failures(jobId: string): AsyncIterable<readonly Uint8Array[]> {
    return this.#outcomes.failures(jobId);
  }

  progress(jobId: string): Promise<{ readonly counts: OutcomeCounts; readonly bytes: number }> {
    return this.#outcomes.progress(jobId);
  }

  history(jobId: string): Promise<readonly ProgressPoint[]> {
    return this.#outcomes.history(jobId);
  }

  async secret(name: string): Promise<string> {
    return keptSecret(this.#db, name);
  }
}

const wasRemoved = ({ id }: Job): TypeError => new TypeError(`A job ${id} was removed; its id is not used again`);
