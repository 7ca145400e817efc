import { createHmac, randomBytes } from 'node:crypto';
import type { Account, Attribution, CodeState, LoadedState, UserKey, UserSearch } from '@advocate/domain';
import { userText } from '@advocate/domain';
import type {
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
import type { Db } from 'mongodb';
import { insertUnlessThere } from '../documents.ts';
import { withRetry } from '../retry.ts';
import { keptSecret } from '../secrets.ts';
import { claimOf, storedClaim, type StoredClaim } from './claim-codec.ts';
import { decodeDecisions, encodeDecisions } from './decision-codec.ts';
import { searchAccounts } from './search-accounts.ts';
import { MongoBlobs } from './mongo-blobs.ts';
import { MongoClaimSweeps } from './mongo-claim-sweeps.ts';
import { MongoDoNotTrackList } from './mongo-do-not-track-list.ts';
import { MongoDocuments } from './mongo-documents.ts';
import { MongoHistory } from './mongo-history.ts';
import { RecentNewcomers } from './newcomers.ts';
import type { AccountDocument } from './protocol/account-document.ts';
import { fitsInDocument } from './document-size.ts';
import type { ClaimantDocument, ClaimDocument } from './protocol/claims.ts';
import { CommitProtocol } from './protocol/commit-protocol.ts';
import { idOf, tenantKey } from './protocol/keys.ts';
import type { DecisionRecord } from './protocol/record.ts';

export interface MongodbParticipantStoreOptions {
  /** Keys the hashes of the do-not-track list. When absent, the database makes its own once and keeps it. */
  readonly doNotTrackSecret?: string;
  /**
   * Tells others of a commit's outcome, with the job's acceptance time: before the commit resolves, at least once, and again after a crash. What it says of
   * an account is told before anything that was written there later; perhaps of some accounts alone, and then again of all.
   */
  readonly announce?: (outcome: Uint8Array, date: number, accountIds?: ReadonlySet<string>) => Promise<void>;
  /** After how long a direct call is taken for one that its worker left lying; default a minute. */
  readonly settleAfterMs?: number;
}

const defaultSettleAfterMs = 60_000;

/** Long after any worker can hold an old decision: it gives a chunk up after minutes. */
const tombstoneMs = 24 * 3600 * 1000;

interface SegmentDocument {
  readonly _id: string;
  readonly displayName: string;
  readonly dateCreated: number;
}

/** Participants in MongoDB, in single-document operations; `protocol/commit-protocol.ts` makes a commit exact. */
export async function openMongodbParticipantStore(
  db: Db,
  options: MongodbParticipantStoreOptions = {},
): Promise<ParticipantStore & Disposable> {
  const {
    doNotTrackSecret = await keptSecret(db, 'do-not-track-secret'),
    announce = async () => undefined,
    settleAfterMs = defaultSettleAfterMs,
  } = options;
  return new MongodbParticipantStore(db, doNotTrackSecret, announce, settleAfterMs);
}

type Announce = NonNullable<MongodbParticipantStoreOptions['announce']>;

class MongodbParticipantStore implements ParticipantStore, Disposable {
  readonly #db: Db;
  readonly #secret: string;
  readonly #protocol: CommitProtocol;
  readonly #history: MongoHistory;
  readonly #sweeps: MongoClaimSweeps;
  readonly #settling: NodeJS.Timeout;

  constructor(db: Db, secret: string, announce: Announce, settleAfterMs: number) {
    this.#db = db;
    this.#secret = secret;
    this.#history = new MongoHistory(db);
    this.#sweeps = new MongoClaimSweeps(db);
    this.#protocol = new CommitProtocol({
      accounts: new MongoDocuments<AccountDocument>(db, 'accounts'),
      records: new MongoDocuments<DecisionRecord>(db, 'records'),
      claims: new MongoDocuments<ClaimDocument, StoredClaim>(db, 'claims', { encode: storedClaim, decode: claimOf }),
      claimants: new MongoDocuments<ClaimantDocument>(db, 'claimants'),
      sweeps: this.#sweeps,
      doNotTrack: new MongoDoNotTrackList(db),
      history: this.#history,
      newcomers: new RecentNewcomers(),
      blobs: new MongoBlobs(db),
      encode: encodeDecisions,
      decode: decodeDecisions,
      announce,
      userHash: (user) => this.#userHash(user),
      random: neverGiven(),
    });
    this.#settling = setInterval(() => void this.#settleDirectCalls(settleAfterMs).catch(() => undefined), settleAfterMs);
    this.#settling.unref();
  }

  committed(chunkId: string): Promise<Uint8Array | undefined> {
    return this.#protocol.committed(chunkId);
  }

  async isCommitted(chunkId: string): Promise<boolean> {
    const record = await withRetry(() =>
      this.#db.collection<DecisionRecord>('records').findOne({ _id: chunkId, open: false }, { projection: { _id: 1 } }),
    );
    return record !== null;
  }

  load(request: LoadRequest): Promise<LoadedState> {
    return this.#protocol.load(request);
  }

  /** HMAC-SHA256 over the length-prefixed ids, which cannot be turned back into them. */
  #userHash(user: UserKey): string {
    return createHmac('sha256', this.#secret).update(userText(user)).digest('hex');
  }

  fits(account: Account): boolean {
    return fitsInDocument(account);
  }

  commit(decision: ChunkDecision): Promise<CommitResult> {
    return this.#protocol.commit(decision);
  }

  claim(tenant: string, jobId: string, claims: readonly CodeClaim[]): Promise<void> {
    return this.#protocol.claimForFile(tenant, jobId, claims);
  }

  releaseClaims(tenant: string, jobId: string): Promise<void> {
    return this.#protocol.claims.finish(tenant, jobId);
  }

  async removeDecisionsBefore(time: number): Promise<void> {
    const records = this.#db.collection<DecisionRecord>('records');
    const old = { date: { $lt: time } };
    for (;;) {
      const found = await withRetry(() =>
        records
          .find(old, { projection: { outcome: 1, decisions: 1 } })
          .limit(100)
          .toArray(),
      );
      if (found.length === 0) break;
      await new MongoBlobs(this.#db).remove(found.flatMap(({ outcome, decisions }) => [outcome, ...decisions]));
      await withRetry(() => records.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }));
    }
    await this.#sweeps.sweep(this.#protocol.claims);
    await this.#history.forgetEndsBefore(new Date(Date.now() - tombstoneMs));
  }

  /** Brings direct calls to their end that a crash left lying. */
  async #settleDirectCalls(settleAfterMs: number): Promise<void> {
    const since = { directSince: { $lt: new Date(Date.now() - settleAfterMs) } };
    const records = this.#db.collection<DecisionRecord>('records');
    for (const { _id } of await records.find(since, { projection: { _id: 1 } }).toArray()) await this.#protocol.settle(_id);
  }

  async account(tenant: string, accountId: string): Promise<Account | undefined> {
    return (await this.#protocol.readAccounts(tenant, [accountId])).get(accountId)?.account;
  }

  searchAccounts(tenant: string, search: UserSearch, size: number, from?: string): Promise<AccountPortion> {
    return searchAccounts(this.#db.collection('accounts'), tenant, search, size, from);
  }

  async findCode(tenant: string, key: string): Promise<CodeState | undefined> {
    return (await this.#protocol.claims.states(tenant, [key], '')).get(key);
  }

  recordHistory(tenant: string, item: HistoryItem): Promise<boolean> {
    if (item.kind !== 'referral') return this.#protocol.addHistory(tenant, [item.owner], () => this.#history.addItem(tenant, item));
    const { id, programId, code, date: dateCreated, owner: referrer, referred } = item;
    const referral = { id, programId, code, dateCreated, referrer, referred };
    return this.#protocol.addHistory(tenant, [referrer, referred], () => this.#history.addReferrals(tenant, [referral]));
  }

  attributions(tenant: string, incarnation: string): Promise<readonly Attribution[]> {
    return this.#history.attributions(tenant, incarnation);
  }

  referrals(
    tenant: string,
    incarnation: string,
    limit: number,
    after?: Pick<StoredReferral, 'date' | 'id'>,
  ): Promise<readonly StoredReferral[]> {
    return this.#history.referrals(tenant, incarnation, limit, after);
  }

  countHistory(tenant: string, incarnation: string): Promise<HistoryCounts> {
    return this.#history.count(tenant, incarnation);
  }

  async createSegment(tenant: string, segment: Segment): Promise<Segment> {
    const { key, displayName, dateCreated } = segment;
    const document = { _id: tenantKey(tenant, key), displayName, dateCreated };
    await withRetry(() => insertUnlessThere(this.#segments, document));
    return (await this.segment(tenant, key)) ?? segment;
  }

  async segment(tenant: string, key: string): Promise<Segment | undefined> {
    const found = await withRetry(() => this.#segments.findOne({ _id: tenantKey(tenant, key) }));
    return found === null ? undefined : segmentOf(found);
  }

  async segments(tenant: string, limit: number, after = ''): Promise<readonly Segment[]> {
    const prefix = tenantKey(tenant, '');
    const range = { _id: { $gt: tenantKey(tenant, after), $lt: `${prefix.slice(0, -1)}0` } };
    return (await withRetry(() => this.#segments.find(range).sort({ _id: 1 }).limit(limit).toArray())).map(segmentOf);
  }

  get #segments() {
    return this.#db.collection<SegmentDocument>('segments');
  }

  [Symbol.dispose](): void {
    clearInterval(this.#settling);
  }
}

/** Makes texts that nobody ever made: chance once, then a count. */
function neverGiven(): () => string {
  const origin = randomBytes(9).toString('base64url');
  let count = 0;
  return () => `${origin}${(count += 1).toString(36)}`;
}

const segmentOf = ({ _id, displayName, dateCreated }: SegmentDocument): Segment => ({ key: idOf(_id), displayName, dateCreated });
