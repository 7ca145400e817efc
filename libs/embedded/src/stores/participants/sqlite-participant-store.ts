import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Account, Attribution, CodeState, LoadedState, Referral, ReferralSide, UserKey, UserSearch } from '@advocate/domain';
import { codeKey, hash53, isSameUser, userText } from '@advocate/domain';
import type {
  AccountDecision,
  AccountPortion,
  ChunkDecision,
  CodeClaim,
  CommitResult,
  HistoryCounts,
  HistoryItem,
  LoadRequest,
  ParticipantStore,
  Segment,
  StoredReferral,
} from '@advocate/ports';
import { inTransaction, openDatabase } from '../database.ts';
import { AccountTable, StoredAccount } from './account-table.ts';
import { claimsPerRelease, CodeTables } from './code-tables.ts';
import { DoNotTrackTable, keptSecret } from './do-not-track-table.ts';
import { HistoryTables } from './history-tables.ts';
import { participantMigrations } from './schema.ts';
import { SegmentTable } from './segment-table.ts';

export interface ParticipantStoreOptions {
  /** Keys the hashes of the do-not-track list. When absent, the data folder makes its own once and keeps it. */
  readonly doNotTrackSecret?: string;
}

const cacheMb = 16;

/** Participants in SQLite. Several threads and processes may open the same file; a commit is one transaction, synced to disk. */
export async function openSqliteParticipantStore(
  file: string,
  options: ParticipantStoreOptions = {},
): Promise<ParticipantStore & Disposable> {
  const database = openDatabase(file, participantMigrations, cacheMb);
  const secret = options.doNotTrackSecret ?? (await inTransaction(database, () => keptSecret(database)));
  return new SqliteParticipantStore(database, secret);
}

class SqliteParticipantStore implements ParticipantStore, Disposable {
  readonly #database: DatabaseSync;
  readonly #accounts: AccountTable;
  readonly #codes: CodeTables;
  readonly #history: HistoryTables;
  readonly #doNotTrack: DoNotTrackTable;
  readonly #segments: SegmentTable;
  /** Write transactions of this connection. */
  #commits = 0;
  readonly #dataVersion: StatementSync;
  readonly #decision: StatementSync;
  readonly #decisionExists: StatementSync;
  readonly #insertDecision: StatementSync;
  readonly #removeDecisions: StatementSync;

  constructor(database: DatabaseSync, secret: string) {
    this.#database = database;
    this.#accounts = new AccountTable(database);
    this.#codes = new CodeTables(database, this.#accounts);
    this.#history = new HistoryTables(database);
    this.#doNotTrack = new DoNotTrackTable(database, secret);
    this.#segments = new SegmentTable(database);
    this.#dataVersion = database.prepare('PRAGMA data_version');
    this.#decision = database.prepare('SELECT outcome FROM decision WHERE chunk = ?');
    this.#decisionExists = database.prepare('SELECT 1 FROM decision WHERE chunk = ?');
    this.#removeDecisions = database.prepare('DELETE FROM decision WHERE date < ?');
    this.#insertDecision = database.prepare('INSERT INTO decision (chunk, outcome, date) VALUES (?, ?, ?)');
  }

  async committed(chunkId: string): Promise<Uint8Array | undefined> {
    return (this.#decision.get(chunkId) as { outcome: Uint8Array } | undefined)?.outcome;
  }

  async isCommitted(chunkId: string): Promise<boolean> {
    return this.#decisionExists.get(chunkId) !== undefined;
  }

  async removeDecisionsBefore(time: number): Promise<void> {
    await this.#inTransaction(() => this.#removeDecisions.run(time));
  }

  async load({ tenant, jobId, accountIds, codes, doNotTrack }: LoadRequest): Promise<LoadedState> {
    return {
      accounts: this.#accounts.read(tenant, accountIds),
      codes: this.#codes.read(tenant, codes, jobId),
      doNotTrack: this.#doNotTrack.among(tenant, doNotTrack),
      asOf: this.#version(),
    };
  }

  /** SQLite keeps values of a gigabyte. */
  fits(): boolean {
    return true;
  }

  async commit(decision: ChunkDecision): Promise<CommitResult> {
    const { chunkId, date } = decision;
    const moved = new Moved();
    try {
      return await this.#inTransaction((): CommitResult => {
        const earlier = this.#decision.get(chunkId) as { outcome: Uint8Array } | undefined;
        if (earlier !== undefined) return { status: 'committed', outcome: earlier.outcome };
        const isCurrent = decision.asOf === this.#version();
        for (const batch of batches(decision.accounts)) this.#writeBatch(decision, batch, isCurrent, moved);
        if (moved.accountIds.size > 0) throw moved;
        const { outcome } = decision;
        this.#insertDecision.run(chunkId, outcome, date);
        return { status: 'committed', outcome };
      });
    } catch (error) {
      if (error !== moved) throw error;
      return { status: 'moved', accountIds: [...moved.accountIds], codes: [...moved.codes] };
    }
  }

  async #inTransaction<Result>(write: () => Result): Promise<Result> {
    try {
      return await inTransaction(this.#database, () => {
        const result = write();
        // Before the commit: whatever comes after it sees the new count.
        this.#commits += 1;
        return result;
      });
    } catch (error) {
      this.#codes.forgetJobs();
      throw error;
    }
  }

  /** Changes with every commit, of this connection and of others. */
  #version(): string {
    const { data_version: others } = this.#dataVersion.get() as { data_version: number };
    return `${others}/${this.#commits}`;
  }

  /** Notes what has moved; as long as nothing has, writes. */
  #writeBatch(decision: ChunkDecision, batch: readonly AccountDecision[], isCurrent: boolean, moved: Moved): void {
    const tokens = isCurrent
      ? tokensRead(batch)
      : this.#accounts.readTokens(
          decision.tenant,
          batch.map(({ accountId }) => accountId),
        );
    if (!isCurrent) this.#noteMoved(decision, batch, tokens, moved);
    this.#noteTaken(decision.tenant, batch, moved);
    if (moved.accountIds.size === 0) this.#write(decision, batch, tokens);
  }

  /** Notes accounts that are not as they were read, or refer to somebody who is gone, or have users who must not be tracked by now. */
  #noteMoved({ tenant, jobId }: ChunkDecision, batch: readonly AccountDecision[], tokens: Tokens, moved: Moved): void {
    const referrals: { readonly accountId: string; readonly referral: Referral }[] = [];
    const created: UserKey[] = [];
    for (const { accountId, before, change } of batch) {
      if (tokens.get(accountId)?.token !== before?.token) moved.accountIds.add(accountId);
      for (const referral of change.referrals) referrals.push({ accountId, referral });
      if (before === undefined) created.push(...(change.account?.users.map(({ id }) => ({ accountId, id })) ?? []));
    }
    const lives = this.#lives(
      tenant,
      referrals.map(({ referral }) => referral.referrer),
    );
    for (const { accountId, referral } of referrals) {
      const { referrer, code } = referral;
      if (lives.has(referrer.incarnation) || this.#codes.isClaimed(tenant, codeKey(code), jobId, referrer)) continue;
      moved.add(accountId, codeKey(code));
    }
    const barred = this.#doNotTrack.among(tenant, created);
    if (barred.size > 0) for (const user of created) if (barred.has(userText(user))) moved.accountIds.add(user.accountId);
  }

  /** Notes accounts whose codes somebody else has got. */
  #noteTaken(tenant: string, batch: readonly AccountDecision[], moved: Moved): void {
    const listed = new Map<string, UserKey>();
    for (const { accountId, change } of batch) {
      for (const { key, userId } of change.listed) {
        const owner = { accountId, id: userId };
        const other = listed.get(key);
        if (other !== undefined && !isSameUser(other, owner)) moved.add(accountId, key);
        listed.set(key, owner);
      }
    }
    for (const key of this.#codes.taken(tenant, listed)) moved.add(listed.get(key)?.accountId ?? '', key);
  }

  #write({ tenant, jobId, date }: ChunkDecision, batch: readonly AccountDecision[], tokens: Tokens): void {
    const token = randomBytes(9).toString('base64url');
    const listings: (readonly [hash: number, account: number])[] = [];
    const erased: string[] = [];
    for (const { accountId, change } of batch) {
      const number = this.#accounts.write(tenant, accountId, token, tokens.get(accountId)?.number, change.account);
      this.#codes.unlist(tenant, change.freed, number, change.account);
      for (const { key } of change.listed) listings.push([hash53(tenant, key), number]);
      for (const referral of change.referrals) this.#history.insertReferral(tenant, referral);
      for (const user of change.doNotTrack) this.#doNotTrack.add(tenant, user, date);
      erased.push(...change.erased);
    }
    this.#codes.list(listings, jobId);
    this.#history.erase(tenant, erased);
  }

  /** The incarnations of those who still live. */
  #lives(tenant: string, sides: readonly ReferralSide[]): Set<string> {
    const lives = new Set<string>();
    if (sides.length === 0) return lives;
    const accounts = this.#accounts.read(
      tenant,
      sides.map(({ accountId }) => accountId),
    );
    for (const { accountId, id, incarnation } of sides) {
      const users = accounts.get(accountId)?.account.users;
      if (users?.some((user) => user.id === id && user.incarnation === incarnation)) lives.add(incarnation);
    }
    return lives;
  }

  async claim(tenant: string, jobId: string, claims: readonly CodeClaim[]): Promise<void> {
    await this.#inTransaction(() => this.#codes.claim(tenant, jobId, claims));
  }

  /** In several transactions, so that other writers get their turn in between. */
  async releaseClaims(_tenant: string, jobId: string): Promise<void> {
    for (let released = claimsPerRelease; released === claimsPerRelease;) {
      released = await this.#inTransaction(() => this.#codes.release(jobId));
    }
  }

  async account(tenant: string, accountId: string): Promise<Account | undefined> {
    return this.#accounts.read(tenant, [accountId]).get(accountId)?.account;
  }

  async searchAccounts(tenant: string, search: UserSearch, size: number, from = '0'): Promise<AccountPortion> {
    return this.#accounts.search(tenant, search, size, Number(from));
  }

  async findCode(tenant: string, key: string): Promise<CodeState | undefined> {
    return this.#codes.read(tenant, [key], '').get(key);
  }

  async recordHistory(tenant: string, item: HistoryItem): Promise<boolean> {
    return this.#inTransaction(() => {
      if (this.#lives(tenant, [item.owner]).size === 0) return false;
      if (item.kind !== 'referral') {
        this.#history.insertItem(tenant, item);
        return true;
      }
      if (this.#lives(tenant, [item.referred]).size === 0) return false;
      const { id, programId, code, date: dateCreated, owner: referrer, referred } = item;
      this.#history.insertReferral(tenant, { id, programId, code, dateCreated, referrer, referred });
      return true;
    });
  }

  async attributions(tenant: string, incarnation: string): Promise<readonly Attribution[]> {
    return this.#history.attributions(tenant, incarnation);
  }

  async referrals(
    tenant: string,
    incarnation: string,
    limit: number,
    after?: Pick<StoredReferral, 'date' | 'id'>,
  ): Promise<readonly StoredReferral[]> {
    return this.#history.referrals(tenant, incarnation, limit, after);
  }

  async countHistory(tenant: string, incarnation: string): Promise<HistoryCounts> {
    return this.#history.count(tenant, incarnation);
  }

  async createSegment(tenant: string, segment: Segment): Promise<Segment> {
    return this.#inTransaction(() => {
      this.#segments.insert(tenant, segment);
      return this.#segments.read(tenant, segment.key) ?? segment;
    });
  }

  async segment(tenant: string, key: string): Promise<Segment | undefined> {
    return this.#segments.read(tenant, key);
  }

  async segments(tenant: string, limit: number, after = ''): Promise<readonly Segment[]> {
    return this.#segments.page(tenant, limit, after);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

type Tokens = ReturnType<AccountTable['readTokens']>;

/** The tokens that a batch was decided on; right as long as nothing was written since. */
function tokensRead(batch: readonly AccountDecision[]): Tokens {
  const tokens: Tokens = new Map();
  for (const { accountId, before } of batch) if (before instanceof StoredAccount) tokens.set(accountId, before);
  return tokens;
}

/** Ends a transaction that met what has moved. */
class Moved extends Error {
  readonly accountIds = new Set<string>();
  readonly codes = new Set<string>();

  add(accountId: string, key: string): void {
    this.accountIds.add(accountId);
    this.codes.add(key);
  }
}

/** Accounts written at a time: enough to spread the cost of a statement, few enough for what they are made of to be short-lived. */
const accountsPerBatch = 500;

/** The decisions that change something, some at a time; what was loaded for them is let go of as they pass. */
function* batches(accounts: Iterable<AccountDecision>): Generator<readonly AccountDecision[]> {
  let batch: AccountDecision[] = [];
  for (const decision of accounts) {
    if (decision.change.account === decision.before?.account) {
      forget(decision);
      continue;
    }
    batch.push(decision);
    if (batch.length < accountsPerBatch) continue;
    yield batch;
    batch.forEach(forget);
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function forget({ before }: AccountDecision): void {
  if (before instanceof StoredAccount) before.forget();
}
