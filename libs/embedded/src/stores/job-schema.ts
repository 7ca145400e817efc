/** The schema of `jobs.db`, step by step. Never change a step that was released; add one. */
export const jobMigrations: readonly string[] = [
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
  `
  ALTER TABLE job ADD COLUMN expires_at INTEGER;
  UPDATE job SET document = json_set(document, '$.dateExpires', json_extract(document, '$.dateCompleted') + 30 * 24 * 3600 * 1000)
    WHERE status <> 'PENDING';
  UPDATE job SET expires_at = json_extract(document, '$.dateExpires');
  CREATE INDEX job_expiring ON job (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX job_by_upload ON job (json_extract(document, '$.fileRef'));
  CREATE INDEX job_by_source ON job (json_extract(document, '$.source.name'));
  CREATE TABLE secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  ALTER TABLE job ADD COLUMN type TEXT AS (json_extract(document, '$.plan.type'));
  DROP INDEX job_by_time;
  CREATE INDEX job_by_time ON job (tenant, accepted_at, id, status, type);
  CREATE TABLE removed_job (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
  ) WITHOUT ROWID;

  ALTER TABLE outcome ADD COLUMN stored_at INTEGER;
  DROP INDEX outcome_counts;
  CREATE INDEX outcome_counts ON outcome (job, slice, created, updated, unchanged, deleted, failed, stored_at);
  `,
];
