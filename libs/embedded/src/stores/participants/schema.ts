/** The schema of `participants.db`, step by step. Never change a step that was released; add one. */
export const participantMigrations: readonly string[] = [
  `
  -- The aggregate. Found by a hash of tenant and id, so that the index stays small; \`tenant\` and \`id\` are compared besides.
  CREATE TABLE account (
    number INTEGER PRIMARY KEY,
    hash INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    token TEXT NOT NULL,
    document TEXT NOT NULL
  );
  CREATE INDEX account_by_hash ON account (hash);

  -- Which account lists a code or link, by a hash of tenant and key, and which job listed it. The account's document has the code itself.
  CREATE TABLE listed_code (
    hash INTEGER NOT NULL,
    account INTEGER NOT NULL,
    job INTEGER NOT NULL,
    PRIMARY KEY (hash, account)
  ) WITHOUT ROWID;

  -- Short numbers for job ids.
  CREATE TABLE job_number (
    number INTEGER PRIMARY KEY,
    job TEXT NOT NULL UNIQUE
  );

  -- What unfinished jobs claimed for rows of their files; appended in file order, found by a hash of tenant and key.
  CREATE TABLE claim (
    number INTEGER PRIMARY KEY,
    hash INTEGER NOT NULL,
    job INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    key TEXT NOT NULL,
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    program TEXT NOT NULL,
    code TEXT NOT NULL,
    record_number INTEGER NOT NULL
  );
  CREATE INDEX claim_by_hash ON claim (hash);

  -- The decision record of each chunk.
  CREATE TABLE decision (
    chunk TEXT PRIMARY KEY,
    outcome BLOB NOT NULL,
    date INTEGER NOT NULL
  );

  -- History, by the life (incarnation) that it belongs to. A side of a referral whose life ended is null.
  CREATE TABLE referral (
    id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    code TEXT,
    date INTEGER NOT NULL,
    referrer TEXT,
    referrer_account_id TEXT,
    referrer_id TEXT,
    referred TEXT,
    referred_account_id TEXT,
    referred_id TEXT,
    PRIMARY KEY (id, tenant)
  ) WITHOUT ROWID;
  CREATE INDEX referral_by_referrer ON referral (referrer) WHERE referrer IS NOT NULL;
  CREATE INDEX referral_by_referred ON referral (referred) WHERE referred IS NOT NULL;

  CREATE TABLE history (
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    date INTEGER NOT NULL,
    key TEXT,
    content TEXT NOT NULL,
    PRIMARY KEY (owner, kind, id, tenant)
  ) WITHOUT ROWID;

  CREATE TABLE do_not_track (
    tenant TEXT NOT NULL,
    hash TEXT NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (tenant, hash)
  ) WITHOUT ROWID;

  CREATE TABLE segment (
    tenant TEXT NOT NULL,
    key TEXT NOT NULL,
    display_name TEXT NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
  ) WITHOUT ROWID;

  -- What has to be remembered once for the whole data folder, such as the secret of the do-not-track hash.
  CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
];
