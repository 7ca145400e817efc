import { createHmac, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Account, Attribution, CodeState, LoadedAccount, LoadedState, Referral, ReferralSide, User, UserKey } from '@advocate/domain';
import { codeKey, hash53, isSameUser, linkKey, userText } from '@advocate/domain';
import type {
  AccountDecision,
  ChunkDecision,
  CodeClaim,
  CommitResult,
  HistoryCounts,
  HistoryItem,
  LoadRequest,
  ParticipantStore,
  Segment,
} from '@advocate/ports';
import { inTransaction, openDatabase } from './database.ts';

import { participantMigrations } from './participant-schema.ts';
import type { Statements } from './participant-statements.ts';
import { prepareStatements } from './participant-statements.ts';

export interface ParticipantStoreOptions {
  /** Keys the hashes of the do-not-track list. When absent, the data folder makes its own once and keeps it. */
  readonly doNotTrackSecret?: string;
}

/** Claims dropped in one transaction, so that other writers get their turn in between. */
const claimsPerRelease = 20_000;

const cacheMb = 32;

/** Participants in SQLite. Several threads and processes may open the same file; a commit is one transaction, synced to disk. */
export async function openSqliteParticipantStore(
  file: string,
  options: ParticipantStoreOptions = {},
): Promise<ParticipantStore & Disposable> {
  const database = openDatabase(file, participantMigrations, cacheMb);
  const statements = prepareStatements(database);
  const secret = options.doNotTrackSecret ?? (await inTransaction(database, () => keptSecret(statements)));
  return new SqliteParticipantStore(database, statements, secret);
}

function keptSecret(statements: Statements): string {
  statements.insertSetting.run('do-not-track-secret', randomBytes(32).toString('hex'));
  return (statements.setting.get('do-not-track-secret') as { value: string }).value;
}

class SqliteParticipantStore implements ParticipantStore, Disposable {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #secret: string;
  readonly #jobNumbers = new Map<string, number>();
  constructor(database: DatabaseSync, statements: Statements, secret: string) {
    this.#database = database;
    this.#statements = statements;
    this.#secret = secret;
  }

  async committed(chunkId: string): Promise<Uint8Array | undefined> {
    return (this.#statements.decision.get(chunkId) as { outcome: Uint8Array } | undefined)?.outcome;
  }

  async isCommitted(chunkId: string): Promise<boolean> {
    return this.#statements.decisionExists.get(chunkId) !== undefined;
  }

  async load(request: LoadRequest): Promise<LoadedState> {
    const { tenant } = request;
    const accounts = new Map<string, LoadedAccount>();
    for (const accountId of request.accountIds) {
      const row = this.#accountRow(tenant, accountId);
      if (row !== undefined) accounts.set(accountId, { account: parseAccount(row), token: row.token });
    }
    const codes = new Map<string, CodeState>();
    for (const key of request.codes) {
      const state = this.#codeState(tenant, key, request.jobId);
      if (state !== undefined) codes.set(key, state);
    }
    return { accounts, codes, doNotTrack: this.#doNotTrackAmong(tenant, request.doNotTrack) };
  }

  async commit(decision: ChunkDecision): Promise<CommitResult> {
    const { tenant } = decision;
    const writes = decision.accounts
      .filter(({ before, change }) => change.account !== before?.account)
      .map((account): Write => ({ ...account, hash: hashOf(tenant, account.accountId) }))
      // In the index's order, so that neighbouring pages are written together.
      .sort((one, other) => one.hash - other.hash);
    try {
      return await inTransaction(this.#database, () => {
        const earlier = this.#statements.decision.get(decision.chunkId) as { outcome: Uint8Array } | undefined;
        if (earlier !== undefined) return { status: 'committed', outcome: earlier.outcome };
        this.#write(decision, writes);
        this.#statements.insertDecision.run(decision.chunkId, decision.outcome, decision.date);
        return { status: 'committed', outcome: decision.outcome };
      });
    } catch (error) {
      if (error instanceof Moved) return { status: 'moved', accountIds: [...error.accountIds], codes: error.codes };
      throw error;
    }
  }

  /** Writes the accounts, or throws {@link Moved} with all that is no longer as it was read. */
  #write({ tenant, jobId, date }: ChunkDecision, writes: readonly Write[]): void {
    const moved = new Moved();
    const token = randomBytes(9).toString('base64url');
    const job = this.#jobNumber(jobId);
    const claimsExist = this.#statements.anyClaim.get() !== undefined;
    const listings: (readonly [hash: number, account: number])[] = [];
    for (const { accountId, before, change, hash } of writes) {
      const stored = this.#statements.accountToken.get(hash, accountId, tenant) as { number: number; token: string } | undefined;
      if (stored?.token !== before?.token) {
        moved.accountIds.add(accountId);
        continue;
      }
      const number = this.#writeAccount(tenant, accountId, hash, token, stored?.number, change.account);
      for (const { key, userId } of change.listed) {
        const codeHash = hashOf(tenant, key);
        if (this.#isTaken(tenant, key, codeHash, { accountId, id: userId }, number, claimsExist)) moved.addCode(accountId, key);
        else listings.push([codeHash, number]);
      }
      for (const key of change.freed) this.#statements.unlistCode.run(hashOf(tenant, key), number);
      for (const referral of change.referrals) {
        if (this.#hasReferrer(tenant, jobId, referral.referrer, codeKey(referral.code))) this.#insertReferral(tenant, referral);
        else moved.addCode(accountId, codeKey(referral.code));
      }
      for (const incarnation of change.erased) this.#eraseHistory(incarnation);
      for (const user of change.doNotTrack) this.#statements.insertDoNotTrack.run(tenant, this.#doNotTrackHash(user), date);
    }
    if (moved.accountIds.size > 0) throw moved;
    listings.sort(([one], [other]) => one - other);
    for (const [codeHash, number] of listings) this.#statements.listCode.run(codeHash, number, job);
  }

  /** Answers the account's number. */
  #writeAccount(tenant: string, id: string, hash: number, token: string, number: number | undefined, account: Account | undefined): number {
    if (account === undefined) {
      if (number !== undefined) this.#statements.deleteAccount.run(number);
      return number ?? 0;
    }
    const { id: _, ...document } = account;
    const text = JSON.stringify(document satisfies AccountDocument);
    if (number === undefined) return Number(this.#statements.insertAccount.run(hash, tenant, id, token, text).lastInsertRowid);
    this.#statements.updateAccount.run(token, text, number);
    return number;
  }

  #isTaken(tenant: string, key: string, hash: number, owner: UserKey, accountNumber: number, claimsExist: boolean): boolean {
    for (const { account } of this.#statements.listings.all(hash) as { account: number }[]) {
      if (account !== accountNumber && this.#holderIn(account, key) !== undefined) return true;
    }
    return claimsExist && this.#claims(tenant, key, hash).some((claim) => !isSameUser(ownerOf(claim), owner));
  }

  /** Whether a referrer still lives, or is still to be created by this job's file. */
  #hasReferrer(tenant: string, jobId: string, referrer: ReferralSide, key: string): boolean {
    const row = this.#accountRow(tenant, referrer.accountId);
    if (row !== undefined && parseAccount(row).users.some(({ incarnation }) => incarnation === referrer.incarnation)) return true;
    const job = this.#jobNumber(jobId);
    return this.#claims(tenant, key, hashOf(tenant, key)).some((claim) => claim.job === job && isSameUser(ownerOf(claim), referrer));
  }

  #insertReferral(tenant: string, { id, programId, code, dateCreated, referrer, referred }: Referral): void {
    this.#statements.insertReferral.run(
      ...[id, tenant, programId, code, dateCreated],
      ...[referrer.incarnation, referrer.accountId, referrer.id],
      ...[referred.incarnation, referred.accountId, referred.id],
    );
  }

  /** A life's rewards and events go; a referral goes with its last side, and until then forgets the side that ended. */
  #eraseHistory(incarnation: string): void {
    this.#statements.deleteHistory.run(incarnation);
    this.#statements.deleteReferralOfReferrer.run(incarnation);
    this.#statements.deleteReferralOfReferred.run(incarnation);
    this.#statements.forgetReferrer.run(incarnation);
    this.#statements.forgetReferred.run(incarnation);
  }

  async claim(tenant: string, jobId: string, claims: readonly CodeClaim[]): Promise<void> {
    await inTransaction(this.#database, () => {
      const job = this.#jobNumber(jobId);
      for (const { key, owner, programId, code, recordNumber } of claims) {
        const hash = hashOf(tenant, key);
        const holder = this.#holder(hash, key);
        if (holder !== undefined && !isSameUser(holder.owner, owner)) continue;
        const rivals = this.#claims(tenant, key, hash);
        if (rivals.some((claim) => claim.job === job || !isSameUser(ownerOf(claim), owner))) continue;
        this.#statements.insertClaim.run(hash, job, tenant, key, owner.accountId, owner.id, programId, code, recordNumber);
      }
    });
  }

  async releaseClaims(_tenant: string, jobId: string): Promise<void> {
    for (let released = claimsPerRelease; released === claimsPerRelease; ) {
      released = await inTransaction(this.#database, () =>
        Number(this.#statements.deleteClaims.run(this.#jobNumber(jobId), claimsPerRelease).changes),
      );
    }
  }

  async account(tenant: string, accountId: string): Promise<Account | undefined> {
    const row = this.#accountRow(tenant, accountId);
    return row === undefined ? undefined : parseAccount(row);
  }

  async findCode(tenant: string, key: string): Promise<CodeState | undefined> {
    return this.#codeState(tenant, key, '');
  }

  #accountRow(tenant: string, accountId: string): AccountRow | undefined {
    return this.#statements.account.get(hashOf(tenant, accountId), accountId, tenant) as AccountRow | undefined;
  }

  #codeState(tenant: string, key: string, jobId: string): CodeState | undefined {
    const hash = hashOf(tenant, key);
    const holder = this.#holder(hash, key);
    const claims = this.#claims(tenant, key, hash);
    const job = this.#jobNumbers.get(jobId) ?? (this.#statements.jobNumber.get(jobId) as { number: number } | undefined)?.number;
    const claim = claims.find((candidate) => candidate.job === job) ?? claims[0];
    const claimState =
      claim === undefined ? {} : { claim: { jobId: claim.job === job ? jobId : this.#jobId(claim.job), recordNumber: claim.record_number } };
    if (holder !== undefined) return { ...holder, ...claimState };
    if (claim === undefined) return undefined;
    const owner = ownerOf(claim);
    const incarnation = this.#incarnation(tenant, owner);
    return { owner, programId: claim.program, code: claim.code, ...(incarnation === undefined ? {} : { incarnation }), ...claimState };
  }

  #incarnation(tenant: string, owner: UserKey): string | undefined {
    const row = this.#accountRow(tenant, owner.accountId);
    return row === undefined ? undefined : parseAccount(row).users.find((user) => user.id === owner.id)?.incarnation;
  }

  /** Who holds a code. The hash finds the account, the account's document says whether it is this code, and whose. */
  #holder(hash: number, key: string): CodeState | undefined {
    for (const { account, job } of this.#statements.listings.all(hash) as { account: number; job: number }[]) {
      const found = this.#holderIn(account, key);
      if (found === undefined) continue;
      return { ...found, listedBy: this.#jobId(job) };
    }
    return undefined;
  }

  #holderIn(accountNumber: number, key: string): Omit<CodeState, 'listedBy'> | undefined {
    const row = this.#statements.accountByNumber.get(accountNumber) as AccountRow | undefined;
    if (row === undefined) return undefined;
    for (const user of parseAccount(row).users) {
      const held = heldCode(user, key);
      if (held !== undefined) return { owner: { accountId: row.id, id: user.id }, incarnation: user.incarnation, ...held };
    }
    return undefined;
  }

  #claims(tenant: string, key: string, hash: number): ClaimRow[] {
    const rows = this.#statements.claims.all(hash) as unknown as ClaimRow[];
    return rows.filter((row) => row.key === key && row.tenant === tenant);
  }

  #jobNumber(jobId: string): number {
    let number = this.#jobNumbers.get(jobId);
    if (number === undefined) {
      this.#statements.insertJobNumber.run(jobId);
      number = (this.#statements.jobNumber.get(jobId) as { number: number }).number;
      if (this.#jobNumbers.size > 1000) this.#jobNumbers.clear();
      this.#jobNumbers.set(jobId, number);
    }
    return number;
  }

  #jobId(number: number): string {
    return (this.#statements.jobOfNumber.get(number) as { job: string }).job;
  }

  #doNotTrackAmong(tenant: string, users: readonly UserKey[]): Set<string> {
    const found = new Set<string>();
    if (users.length === 0 || this.#statements.anyDoNotTrack.get(tenant) === undefined) return found;
    for (const user of users) {
      if (this.#statements.doNotTrack.get(tenant, this.#doNotTrackHash(user)) !== undefined) found.add(userText(user));
    }
    return found;
  }

  /** Cannot be turned back into the ids: HMAC-SHA256 over the length-prefixed ids. */
  #doNotTrackHash(user: UserKey): string {
    return createHmac('sha256', this.#secret).update(userText(user)).digest('hex');
  }

  async recordHistory(tenant: string, item: HistoryItem): Promise<boolean> {
    return inTransaction(this.#database, () => {
      if (this.#incarnation(tenant, item.owner) !== item.owner.incarnation) return false;
      if (item.kind === 'referral') {
        if (this.#incarnation(tenant, item.referred) !== item.referred.incarnation) return false;
        const { id, programId, code, date: dateCreated, owner: referrer, referred } = item;
        this.#insertReferral(tenant, { id, programId, code, dateCreated, referrer, referred });
        return true;
      }
      const key = item.kind === 'event' ? item.key : null;
      this.#statements.insertHistory.run(item.owner.incarnation, item.kind, item.id, item.date, key, JSON.stringify(item.content ?? null));
      return true;
    });
  }

  async attributions(_tenant: string, incarnation: string): Promise<readonly Attribution[]> {
    const rows = this.#statements.referralsOfReferred.all(incarnation) as unknown as ReferralRow[];
    return rows.map((row) => ({
      programId: row.program,
      ...(row.referrer_account_id === null || row.referrer_id === null || row.code === null
        ? {}
        : { referrer: { accountId: row.referrer_account_id, id: row.referrer_id, code: row.code } }),
    }));
  }

  async countHistory(_tenant: string, incarnation: string): Promise<HistoryCounts> {
    const counts = { rewards: 0, events: 0 };
    for (const { kind, count } of this.#statements.historyCounts.all(incarnation) as { kind: string; count: number }[]) {
      counts[kind === 'reward' ? 'rewards' : 'events'] = count;
    }
    const { count: referrals } = this.#statements.referralCount.get(incarnation, incarnation) as { count: number };
    return { referrals, ...counts };
  }

  async createSegment(tenant: string, segment: Segment): Promise<Segment> {
    return inTransaction(this.#database, () => {
      this.#statements.insertSegment.run(tenant, segment.key, segment.displayName, segment.dateCreated);
      return toSegment(this.#statements.segment.get(tenant, segment.key) as unknown as SegmentRow);
    });
  }

  async segment(tenant: string, key: string): Promise<Segment | undefined> {
    const row = this.#statements.segment.get(tenant, key) as unknown as SegmentRow | undefined;
    return row === undefined ? undefined : toSegment(row);
  }

  async segments(tenant: string, limit: number, after = ''): Promise<readonly Segment[]> {
    return (this.#statements.segments.all(tenant, after, limit) as unknown as SegmentRow[]).map(toSegment);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** Ends a transaction that met what has moved. */
class Moved extends Error {
  readonly accountIds = new Set<string>();
  readonly codes: string[] = [];

  addCode(accountId: string, key: string): void {
    this.accountIds.add(accountId);
    this.codes.push(key);
  }
}

interface Write extends AccountDecision {
  readonly hash: number;
}

interface AccountRow {
  readonly number: number;
  readonly token: string;
  readonly id: string;
  readonly document: string;
}

/** The part of an account that its document holds; the id has a column of its own. */
type AccountDocument = Omit<Account, 'id'>;

interface ClaimRow {
  readonly job: number;
  readonly tenant: string;
  readonly key: string;
  readonly account_id: string;
  readonly user_id: string;
  readonly program: string;
  readonly code: string;
  readonly record_number: number;
}

interface ReferralRow {
  readonly program: string;
  readonly code: string | null;
  readonly referrer_account_id: string | null;
  readonly referrer_id: string | null;
}

interface SegmentRow {
  readonly key: string;
  readonly display_name: string;
  readonly date: number;
}

const hashOf = (tenant: string, text: string): number => hash53(`${tenant}/${text}`);

const parseAccount = (row: AccountRow): Account => ({ id: row.id, ...(JSON.parse(row.document) as AccountDocument) });

const ownerOf = (claim: ClaimRow): UserKey => ({ accountId: claim.account_id, id: claim.user_id });

const toSegment = (row: SegmentRow): Segment => ({ key: row.key, displayName: row.display_name, dateCreated: row.date });

/** The code or link of a user that has this key. */
function heldCode(user: User, key: string): { readonly programId: string; readonly code: string } | undefined {
  for (const [programId, codes] of Object.entries(user.codes)) {
    for (const code of codes) if (codeKey(code) === key) return { programId, code };
  }
  for (const [programId, links] of Object.entries(user.links ?? {})) {
    for (const link of links) if (linkKey(link) === key) return { programId, code: link };
  }
  return undefined;
}
