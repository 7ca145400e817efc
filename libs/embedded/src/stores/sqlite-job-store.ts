import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Job, OutcomeCounts, ProgressPoint, Slice } from '@advocate/domain';
import type { JobFilter, JobLease, JobStore, SliceProgress, StoredOutcome } from '@advocate/ports';
import { JobLife } from '@advocate/ports';
import { inTransaction, openDatabase, prepareAll } from './database.ts';
import { JobOutcomes } from './job-outcomes.ts';
import { jobMigrations } from './job-schema.ts';

const statements = {
  insertJob: 'INSERT INTO job (id, tenant, request_id, status, owing, accepted_at, document) VALUES (?, ?, ?, ?, ?, ?, ?)',
  job: 'SELECT document FROM job WHERE tenant = ? AND id = ?',
  jobOfRequest: 'SELECT document FROM job WHERE tenant = ? AND request_id = ?',
  updateJob: 'UPDATE job SET status = ?, owing = ?, expires_at = ?, document = ? WHERE id = ?',
  jobs: `SELECT document FROM job WHERE tenant = :tenant AND accepted_at >= :createdFrom AND accepted_at < :createdBefore
    AND (accepted_at, id) < (:acceptedAt, :id) AND (:type IS NULL OR type = :type) AND (:status IS NULL OR status = :status)
    ORDER BY accepted_at DESC, id DESC LIMIT :limit`,
  removeJob: 'DELETE FROM job WHERE id = ?',
  noteRemoved: 'INSERT INTO removed_job (tenant, id) VALUES (?, ?)',
  removed: 'SELECT 1 FROM removed_job WHERE tenant = ? AND id = ?',
  unfinished: `SELECT document FROM job WHERE status = 'PENDING' OR owing = 1 ORDER BY accepted_at, id`,
  lease: `UPDATE job SET lease_holder = :holder, lease_until = :until WHERE tenant = :tenant AND id = :job
    AND (lease_holder IS NULL OR lease_holder = :holder OR lease_until <= :now)`,
  outcomesRemoved: `SELECT 1 FROM removed_job WHERE tenant = ?1 AND id = ?2
    UNION ALL SELECT 1 FROM job WHERE tenant = ?1 AND id = ?2 AND status <> 'PENDING' AND expires_at IS NULL`,
  expired: 'SELECT document FROM job WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
  jobOfFile: `SELECT 1 FROM job WHERE (json_extract(document, '$.fileRef') = ?1 OR json_extract(document, '$.source.name') = ?1)
    AND id <> ?2 AND (status = 'PENDING' OR expires_at IS NOT NULL) LIMIT 1`,
  makeSecret: 'INSERT OR IGNORE INTO secret (name, value) VALUES (?, ?)',
  secret: 'SELECT value FROM secret WHERE name = ?',
} as const;

const cacheMb = 4;
const endOfTime = Number.MAX_SAFE_INTEGER;

/** Jobs in SQLite. Every change is synced to disk before its promise resolves. */
export function openSqliteJobStore(file: string): JobStore & Disposable {
  return new SqliteJobStore(openDatabase(file, jobMigrations, cacheMb));
}

interface DocumentRow {
  readonly document: string;
}

class SqliteJobStore extends JobLife implements JobStore, Disposable {
  readonly #database: DatabaseSync;
  readonly #statements;
  readonly #outcomes: JobOutcomes;

  constructor(database: DatabaseSync) {
    super();
    this.#database = database;
    this.#statements = prepareAll(database, statements);
    this.#outcomes = new JobOutcomes(database);
  }

  async create(job: Job, requestId: string | undefined): Promise<Job> {
    return inTransaction(this.#database, () => {
      if (requestId !== undefined) {
        const earlier = this.#statements.jobOfRequest.get(job.tenant, requestId) as DocumentRow | undefined;
        if (earlier !== undefined) return parseJob(earlier);
      }
      const { id, tenant, status, plan } = job;
      this.#statements.insertJob.run(id, tenant, requestId ?? null, status, owing(job), plan.acceptedAt, JSON.stringify(job));
      return job;
    });
  }

  async ofRequest(tenant: string, requestId: string): Promise<Job | undefined> {
    const row = this.#statements.jobOfRequest.get(tenant, requestId) as DocumentRow | undefined;
    return row === undefined ? undefined : parseJob(row);
  }

  async get(tenant: string, jobId: string): Promise<Job | undefined> {
    const row = this.#statements.job.get(tenant, jobId) as DocumentRow | undefined;
    return row === undefined ? undefined : parseJob(row);
  }

  async list(tenant: string, limit: number, filter: JobFilter = {}): Promise<readonly Job[]> {
    const { type = null, status = null, createdFrom = 0, createdBefore = endOfTime, after = { acceptedAt: endOfTime, id: '' } } = filter;
    const { acceptedAt, id } = after;
    const rows = this.#statements.jobs.all({ tenant, limit, type, status, createdFrom, createdBefore, acceptedAt, id });
    return (rows as unknown as DocumentRow[]).map(parseJob);
  }

  async remove(tenant: string, jobId: string): Promise<boolean> {
    return inTransaction(this.#database, () => {
      const row = this.#statements.job.get(tenant, jobId) as DocumentRow | undefined;
      if (row === undefined) return true;
      const job = parseJob(row);
      if (job.status === 'PENDING' || job.eventOwed) return false;
      this.#outcomes.remove(jobId);
      this.#statements.removeJob.run(jobId);
      this.#statements.noteRemoved.run(tenant, jobId);
      return true;
    });
  }

  async wasRemoved(tenant: string, jobId: string): Promise<boolean> {
    return this.#statements.removed.get(tenant, jobId) !== undefined;
  }

  async unfinished(): Promise<readonly Job[]> {
    return (this.#statements.unfinished.all() as unknown as DocumentRow[]).map(parseJob);
  }

  async lease(tenant: string, jobId: string, { holder, until }: JobLease, now: number): Promise<boolean> {
    return inTransaction(this.#database, () => this.#statements.lease.run({ holder, until, tenant, job: jobId, now }).changes === 1);
  }

  protected async change(tenant: string, jobId: string, change: (job: Job) => Job): Promise<Job | undefined> {
    return inTransaction(this.#database, () => {
      const row = this.#statements.job.get(tenant, jobId) as DocumentRow | undefined;
      if (row === undefined) return undefined;
      const before = parseJob(row);
      const after = change(before);
      if (after !== before) this.#update(after);
      return after;
    });
  }

  #update(job: Job): void {
    const expiresAt = job.filesRemoved ? null : (job.dateExpires ?? null);
    this.#statements.updateJob.run(job.status, owing(job), expiresAt, JSON.stringify(job), job.id);
  }

  putSlice(jobId: string, slice: Slice): Promise<void> {
    return this.#outcomes.putSlice(jobId, slice);
  }

  async slices(jobId: string): Promise<readonly SliceProgress[]> {
    return this.#outcomes.slices(jobId);
  }

  putOutcome(chunk: StoredOutcome): Promise<{ readonly sliceFinished: boolean }> {
    return this.#outcomes.put(chunk, () => this.#statements.outcomesRemoved.get(chunk.tenant, chunk.jobId) !== undefined);
  }

  async outcomes(jobId: string, slice: number): Promise<readonly Uint8Array[]> {
    return this.#outcomes.ofSlice(jobId, slice);
  }

  async expired(now: number, limit: number): Promise<readonly Job[]> {
    return (this.#statements.expired.all(now, limit) as unknown as DocumentRow[]).map(parseJob);
  }

  async expire(tenant: string, jobId: string): Promise<void> {
    await this.change(tenant, jobId, (job) => {
      this.#outcomes.remove(jobId);
      return { ...job, filesRemoved: true };
    });
  }

  async usesFile(name: string, except = ''): Promise<boolean> {
    return this.#statements.jobOfFile.get(name, except) !== undefined;
  }

  async secret(name: string): Promise<string> {
    return inTransaction(this.#database, () => {
      this.#statements.makeSecret.run(name, randomBytes(32).toString('hex'));
      return (this.#statements.secret.get(name) as { value: string }).value;
    });
  }

  async *failures(jobId: string): AsyncGenerator<readonly Uint8Array[]> {
    yield* this.#outcomes.failures(jobId);
  }

  async history(jobId: string): Promise<readonly ProgressPoint[]> {
    return this.#outcomes.history(jobId);
  }

  async progress(jobId: string): Promise<{ readonly counts: OutcomeCounts; readonly bytes: number }> {
    return this.#outcomes.progress(jobId);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

const owing = (job: Job): number => Number(job.eventOwed || job.mailOwed);

const parseJob = (row: DocumentRow): Job => JSON.parse(row.document) as Job;
