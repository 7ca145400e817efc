import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Job, OutcomeCounts, Slice } from '@advocate/domain';
import { resumed } from '@advocate/domain';
import type { JobEnding, JobLease, JobProgress, JobStore, SliceProgress, StoredOutcome } from '@advocate/ports';
import { inTransaction, openDatabase } from './database.ts';

const migrations: readonly string[] = [
  `
  CREATE TABLE job (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    request_id TEXT,
    status TEXT NOT NULL,
    mail_owed INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX job_by_request ON job (tenant, request_id) WHERE request_id IS NOT NULL;
  CREATE INDEX job_by_time ON job (tenant, accepted_at, id);
  CREATE INDEX job_unfinished ON job (accepted_at, id) WHERE status = 'PENDING' OR mail_owed = 1;

  CREATE TABLE slice (
    job TEXT NOT NULL,
    number INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (job, number)
  ) WITHOUT ROWID;

  CREATE TABLE outcome (
    job TEXT NOT NULL,
    slice INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    content BLOB NOT NULL
  );
  CREATE UNIQUE INDEX outcome_of_chunk ON outcome (job, slice, partition);
  CREATE INDEX outcome_counts ON outcome (job, slice, created, updated, unchanged, deleted, failed);
  `,
  `
  ALTER TABLE job RENAME COLUMN mail_owed TO owing;
  ALTER TABLE job ADD COLUMN lease_holder TEXT;
  ALTER TABLE job ADD COLUMN lease_until INTEGER;
  `,
];

const statements = {
  insertJob: 'INSERT INTO job (id, tenant, request_id, status, owing, accepted_at, document) VALUES (?, ?, ?, ?, ?, ?, ?)',
  job: 'SELECT document FROM job WHERE tenant = ? AND id = ?',
  jobOfRequest: 'SELECT document FROM job WHERE tenant = ? AND request_id = ?',
  updateJob: 'UPDATE job SET status = ?, owing = ?, document = ? WHERE id = ?',
  jobs: 'SELECT document FROM job WHERE tenant = ? ORDER BY accepted_at DESC, id DESC LIMIT ?',
  jobsAfter: `SELECT document FROM job WHERE tenant = ?1
    AND (accepted_at, id) < (SELECT accepted_at, id FROM job WHERE tenant = ?1 AND id = ?2) ORDER BY accepted_at DESC, id DESC LIMIT ?3`,
  unfinished: `SELECT document FROM job WHERE status = 'PENDING' OR owing = 1 ORDER BY accepted_at, id`,
  lease: `UPDATE job SET lease_holder = :holder, lease_until = :until WHERE tenant = :tenant AND id = :job
    AND (lease_holder IS NULL OR lease_holder = :holder OR lease_until <= :now)`,
  insertSlice: 'INSERT OR IGNORE INTO slice (job, number, chunks, bytes, document) VALUES (?, ?, ?, ?, ?)',
  slices: `SELECT document, (SELECT count(*) FROM outcome WHERE outcome.job = slice.job AND outcome.slice = slice.number) AS stored
    FROM slice WHERE job = ? ORDER BY number`,
  insertOutcome: `INSERT OR IGNORE INTO outcome (job, slice, partition, created, updated, unchanged, deleted, failed, content)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  storedChunks: 'SELECT count(*) AS stored FROM outcome WHERE job = ? AND slice = ?',
  removeOutcomes: `DELETE FROM outcome WHERE job IN (
    SELECT id FROM job WHERE status <> 'PENDING' AND json_extract(document, '$.dateCompleted') < ?)`,
  outcomes: 'SELECT content FROM outcome WHERE job = ? AND slice = ? ORDER BY partition',
  progress: `SELECT ${['created', 'updated', 'unchanged', 'deleted', 'failed'].map((kind) => `coalesce(sum(${kind}), 0) AS ${kind}`).join(', ')},
      (SELECT coalesce(sum(bytes), 0) FROM slice WHERE job = :job
        AND chunks = (SELECT count(*) FROM outcome WHERE outcome.job = slice.job AND outcome.slice = slice.number)) AS bytes
    FROM outcome WHERE job = :job`,
} as const;

type Statements = Readonly<Record<keyof typeof statements, StatementSync>>;

const cacheMb = 4;

/** Jobs in SQLite. Every change is synced to disk before its promise resolves. */
export function openSqliteJobStore(file: string): JobStore & Disposable {
  const database = openDatabase(file, migrations, cacheMb);
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

  async list(tenant: string, limit: number, after?: string): Promise<readonly Job[]> {
    const rows = after === undefined ? this.#statements.jobs.all(tenant, limit) : this.#statements.jobsAfter.all(tenant, after, limit);
    return (rows as unknown as DocumentRow[]).map(parseJob);
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

  async eventPublished(tenant: string, jobId: string): Promise<void> {
    await this.#change(tenant, jobId, (job) => ({ ...job, eventOwed: false }));
  }

  async mailSent(tenant: string, jobId: string): Promise<void> {
    await this.#change(tenant, jobId, (job) => ({ ...job, mailOwed: false }));
  }

  async #change(tenant: string, jobId: string, change: (job: Job) => Job): Promise<Job | undefined> {
    return inTransaction(this.#database, () => {
      const row = this.#statements.job.get(tenant, jobId) as DocumentRow | undefined;
      if (row === undefined) return undefined;
      const before = parseJob(row);
      const after = change(before);
      if (after !== before) this.#statements.updateJob.run(after.status, owing(after), JSON.stringify(after), jobId);
      return after;
    });
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

  async putOutcome({ jobId, slice, partition, sliceChunks, counts, outcome }: StoredOutcome): Promise<{ readonly sliceFinished: boolean }> {
    return inTransaction(this.#database, () => {
      const { created, updated, unchanged, deleted, failed } = counts;
      this.#statements.insertOutcome.run(jobId, slice, partition, created, updated, unchanged, deleted, failed, outcome);
      const { stored } = this.#statements.storedChunks.get(jobId, slice) as { stored: number };
      return { sliceFinished: stored === sliceChunks };
    });
  }

  async outcomes(jobId: string, slice: number): Promise<readonly Uint8Array[]> {
    return (this.#statements.outcomes.all(jobId, slice) as { content: Uint8Array }[]).map(({ content }) => content);
  }

  async removeOutcomesOfJobsEndedBefore(time: number): Promise<void> {
    await inTransaction(this.#database, () => this.#statements.removeOutcomes.run(time));
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
