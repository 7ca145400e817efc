import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Job, OutcomeCounts, ProgressPoint, RowsStored, Slice } from '@advocate/domain';
import { eventPublished, historyOf, mailSent, mailTaken, resumed } from '@advocate/domain';
import type { JobEnding, JobFilter, JobLease, JobProgress, JobStore, SliceProgress, StoredOutcome } from '@advocate/ports';
import { inTransaction, openDatabase } from './database.ts';
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
  removeSlices: 'DELETE FROM slice WHERE job = ?',
  noteRemoved: 'INSERT INTO removed_job (tenant, id) VALUES (?, ?)',
  removed: 'SELECT 1 FROM removed_job WHERE tenant = ? AND id = ?',
  unfinished: `SELECT document FROM job WHERE status = 'PENDING' OR owing = 1 ORDER BY accepted_at, id`,
  lease: `UPDATE job SET lease_holder = :holder, lease_until = :until WHERE tenant = :tenant AND id = :job
    AND (lease_holder IS NULL OR lease_holder = :holder OR lease_until <= :now)`,
  insertSlice: 'INSERT OR IGNORE INTO slice (job, number, chunks, bytes, document) VALUES (?, ?, ?, ?, ?)',
  slices: `SELECT document, (SELECT count(*) FROM outcome WHERE outcome.job = slice.job AND outcome.slice = slice.number) AS stored
    FROM slice WHERE job = ? ORDER BY number`,
  insertOutcome: `INSERT OR IGNORE INTO outcome (job, slice, partition, created, updated, unchanged, deleted, failed, stored_at, content)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  storedChunks: 'SELECT count(*) AS stored FROM outcome WHERE job = ? AND slice = ?',
  removeOutcomes: 'DELETE FROM outcome WHERE job = ?',
  outcomesRemoved: `SELECT 1 FROM removed_job WHERE tenant = ?1 AND id = ?2
    UNION ALL SELECT 1 FROM job WHERE tenant = ?1 AND id = ?2 AND status <> 'PENDING' AND expires_at IS NULL`,
  expired: 'SELECT document FROM job WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
  jobOfFile: `SELECT 1 FROM job WHERE (json_extract(document, '$.fileRef') = ?1 OR json_extract(document, '$.source.name') = ?1)
    AND id <> ?2 AND (status = 'PENDING' OR expires_at IS NOT NULL) LIMIT 1`,
  makeSecret: 'INSERT OR IGNORE INTO secret (name, value) VALUES (?, ?)',
  secret: 'SELECT value FROM secret WHERE name = ?',
  outcomes: 'SELECT content FROM outcome WHERE job = ? AND slice = ? ORDER BY partition',
  slicesWithFailures: 'SELECT DISTINCT slice FROM outcome WHERE job = ? AND failed > 0 ORDER BY slice',
  failures: 'SELECT content FROM outcome WHERE job = ? AND slice = ? AND failed > 0 ORDER BY partition',
  history: `SELECT stored_at AS date, sum(created + updated + unchanged + deleted + failed) AS rows, sum(failed) AS failed
    FROM outcome WHERE job = ? AND stored_at IS NOT NULL GROUP BY stored_at`,
  progress: `SELECT ${['created', 'updated', 'unchanged', 'deleted', 'failed'].map((kind) => `coalesce(sum(${kind}), 0) AS ${kind}`).join(', ')},
      (SELECT coalesce(sum(bytes), 0) FROM slice WHERE job = :job
        AND chunks = (SELECT count(*) FROM outcome WHERE outcome.job = slice.job AND outcome.slice = slice.number)) AS bytes
    FROM outcome WHERE job = :job`,
} as const;

type Statements = Readonly<Record<keyof typeof statements, StatementSync>>;

const cacheMb = 4;
const endOfTime = Number.MAX_SAFE_INTEGER;

/** Jobs in SQLite. Every change is synced to disk before its promise resolves. */
export function openSqliteJobStore(file: string): JobStore & Disposable {
  const database = openDatabase(file, jobMigrations, cacheMb);
  const prepared = Object.fromEntries(Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)])) as Statements;
  return new SqliteJobStore(database, prepared);
}

interface DocumentRow {
  readonly document: string;
}

class SqliteJobStore implements JobStore, Disposable {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  constructor(database: DatabaseSync, prepared: Statements) {
    this.#database = database;
    this.#statements = prepared;
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
      this.#removeSlices(jobId);
      this.#statements.removeJob.run(jobId);
      this.#statements.noteRemoved.run(tenant, jobId);
      return true;
    });
  }

  #removeSlices(jobId: string): void {
    for (const statement of ['removeOutcomes', 'removeSlices'] as const) this.#statements[statement].run(jobId);
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

  async eventPublished(tenant: string, jobId: string, resumptions?: number): Promise<void> {
    await this.#change(tenant, jobId, (job) => eventPublished(job, resumptions));
  }

  async mailSent(tenant: string, jobId: string, resumptions?: number): Promise<void> {
    await this.#change(tenant, jobId, (job) => mailSent(job, resumptions));
  }

  async takeMail(tenant: string, jobId: string, lease: JobLease, now: number): Promise<Job | undefined> {
    let taken: Job | undefined;
    await this.#change(tenant, jobId, (job) => (taken = mailTaken(job, lease, now)) ?? job);
    return taken;
  }

  async #change(tenant: string, jobId: string, change: (job: Job) => Job): Promise<Job | undefined> {
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

  async putSlice(jobId: string, slice: Slice): Promise<void> {
    await inTransaction(this.#database, () =>
      this.#statements.insertSlice.run(jobId, slice.index, slice.partitions.length, slice.bytes, JSON.stringify(slice)),
    );
  }

  async slices(jobId: string): Promise<readonly SliceProgress[]> {
    const rows = this.#statements.slices.all(jobId) as unknown as (DocumentRow & { stored: number })[];
    return rows.map((row) => {
      const slice = JSON.parse(row.document) as Slice;
      return { ...slice, finished: row.stored === slice.partitions.length };
    });
  }

  async putOutcome(chunk: StoredOutcome): Promise<{ readonly sliceFinished: boolean }> {
    return inTransaction(this.#database, () => {
      const { tenant, jobId, slice, partition, storedAt, outcome } = chunk;
      if (this.#statements.outcomesRemoved.get(tenant, jobId) !== undefined) return { sliceFinished: false };
      const { created, updated, unchanged, deleted, failed } = chunk.counts;
      this.#statements.insertOutcome.run(jobId, slice, partition, created, updated, unchanged, deleted, failed, storedAt, outcome);
      const { stored } = this.#statements.storedChunks.get(jobId, slice) as { stored: number };
      return { sliceFinished: stored === chunk.sliceChunks };
    });
  }

  async outcomes(jobId: string, slice: number): Promise<readonly Uint8Array[]> {
    return (this.#statements.outcomes.all(jobId, slice) as { content: Uint8Array }[]).map(({ content }) => content);
  }

  async expired(now: number, limit: number): Promise<readonly Job[]> {
    return (this.#statements.expired.all(now, limit) as unknown as DocumentRow[]).map(parseJob);
  }

  async expire(tenant: string, jobId: string): Promise<void> {
    await this.#change(tenant, jobId, (job) => {
      this.#removeSlices(jobId);
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
    for (const { slice } of this.#statements.slicesWithFailures.all(jobId) as { slice: number }[]) {
      yield (this.#statements.failures.all(jobId, slice) as { content: Uint8Array }[]).map(({ content }) => content);
    }
  }

  async history(jobId: string): Promise<readonly ProgressPoint[]> {
    return historyOf(this.#statements.history.all(jobId) as unknown as RowsStored[]);
  }

  async progress(jobId: string): Promise<{ readonly counts: OutcomeCounts; readonly bytes: number }> {
    const { bytes, ...counts } = this.#statements.progress.get({ job: jobId }) as unknown as OutcomeCounts & { bytes: number };
    return { counts, bytes };
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

const owing = (job: Job): number => Number(job.eventOwed || job.mailOwed);

const parseJob = (row: DocumentRow): Job => JSON.parse(row.document) as Job;
