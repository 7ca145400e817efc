import type { LoadedAccount, LoadedState, ReferralSide, UserKey } from '@advocate/domain';
import { codeKey, codesOf, isSameUser, userText } from '@advocate/domain';
import type { AccountDecision, ChunkDecision, CodeClaim, CommitResult, LoadRequest } from '@advocate/ports';
import type { AccountDocument } from './account-document.ts';
import { accountContent, accountDocument, loadedAccount } from './account-document.ts';
import type { ClaimantDocument, ClaimDocument, ClaimSweeps, Wanted } from './claims.ts';
import { Claims } from './claims.ts';
import type { DoNotTrackList } from './do-not-track.ts';
import { DoNotTrack } from './do-not-track.ts';
import type { Documents, Replacement } from './documents.ts';
import type { History } from './history.ts';
import { idOf, recordOf, tenantKey, tokenOf } from './keys.ts';
import type { AccountWrite, DecisionRecord, Decisions, StandingWrite } from './record.ts';
import { standingWrites } from './record.ts';

/** Bytes under an id, written once before anything names them. */
export interface Blobs {
  write(id: string, bytes: Uint8Array): Promise<void>;
  /** Nothing when it was removed: then the record that named it has changed since it was read. */
  read(id: string): Promise<Uint8Array | undefined>;
  remove(ids: readonly string[]): Promise<void>;
}

/** Which jobs bring accounts that nobody had: theirs are not looked up before they are decided, as their insertion shows whether they are there. */
export interface Newcomers {
  areExpectedIn(jobId: string): boolean;
  note(jobId: string, wereAllNew: boolean): void;
}

/** As what accounts are decided on that were not looked up. */
const assumedNew = Symbol('assumed new');

export interface ProtocolDependencies {
  readonly accounts: Documents<AccountDocument>;
  readonly records: Documents<DecisionRecord>;
  readonly claims: Documents<ClaimDocument>;
  readonly claimants: Documents<ClaimantDocument>;
  readonly sweeps: ClaimSweeps;
  readonly doNotTrack: DoNotTrackList;
  readonly history: History;
  readonly newcomers: Newcomers;
  readonly blobs: Blobs;
  readonly encode: (decisions: Decisions) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Decisions;
  /**
   * Tells others of an outcome, or of what it says of some accounts: at least once for every commit, and again when a crash makes it uncertain. An
   * account's outcomes are told first in the order in which it was written.
   */
  readonly announce: (outcome: Uint8Array, date: number, accountIds?: ReadonlySet<string>) => Promise<void>;
  /** The id of a user on the do-not-track list, without the tenant. */
  readonly userHash: (user: UserKey) => string;
  /** A text that was never given before. */
  readonly random: () => string;
}

/**
 * Commits decisions exactly once with single-document writes only: no transaction is needed, and any worker may crash between any two steps, or two of
 * them have the same chunk in hand. `docs/adr/0005-commit-protocol.md` says why it holds; a model test shows that it does.
 */
export class CommitProtocol {
  readonly #dependencies: ProtocolDependencies;
  readonly #doNotTrack: DoNotTrack;
  readonly claims: Claims;

  constructor(dependencies: ProtocolDependencies) {
    this.#dependencies = dependencies;
    const { claims, claimants, sweeps, doNotTrack: list, userHash, random } = dependencies;
    this.#doNotTrack = new DoNotTrack({ list, userHash, newToken: random });
    this.claims = new Claims({
      claims,
      claimants,
      sweeps,
      newToken: random,
      readAccounts: (tenant, ids) => this.readAccounts(tenant, ids),
    });
  }

  async load({ tenant, jobId, accountIds, codes, doNotTrack, isFirst = false }: LoadRequest): Promise<LoadedState> {
    const { newcomers } = this.#dependencies;
    const areAssumedNew = isFirst && newcomers.areExpectedIn(jobId);
    const [accounts, states] = await Promise.all([
      this.readAccounts(tenant, new Set(areAssumedNew ? [] : accountIds)),
      this.claims.states(tenant, codes, jobId),
    ]);
    if (isFirst && !areAssumedNew) newcomers.note(jobId, accounts.size === 0);
    // After the accounts: who is barred was put on the list before the account was written.
    const barred = await this.#doNotTrack.among(tenant, doNotTrack);
    return { accounts, codes: states, doNotTrack: barred, ...(areAssumedNew ? { asOf: assumedNew } : {}) };
  }

  /** Makes the claims of a job's file, in order; see the port. */
  async claimForFile(tenant: string, jobId: string, claims: readonly CodeClaim[]): Promise<void> {
    const first = new Map<string, Wanted>();
    for (const { key, owner, programId: program, code, recordNumber: record } of claims) {
      if (!first.has(key)) first.set(key, { key, owner, program, code, record });
    }
    await this.claims.take(tenant, await this.claims.begin(tenant, jobId), [...first.values()], 'give');
  }

  /** Adds something to the history of lives, all of which must live; false when one does not, and then nothing is left of it. */
  async addHistory(tenant: string, sides: readonly ReferralSide[], add: () => Promise<void>): Promise<boolean> {
    const { history } = this.#dependencies;
    const living = await this.#livingAmong(tenant, sides);
    const lives = sides.map(({ incarnation }) => incarnation);
    if (!lives.every((life) => living.has(life))) return false;
    await add();
    const ended = await history.endedAmong(tenant, lives);
    await history.erase(tenant, ended);
    return ended.length === 0;
  }

  /** Accounts and tombstones, by account id. */
  async readAccounts(tenant: string, accountIds: Iterable<string>): Promise<Map<string, LoadedAccount>> {
    const documents = await this.#dependencies.accounts.read(Array.from(accountIds, (id) => tenantKey(tenant, id)));
    return new Map(documents.map((document) => [idOf(document._id), loadedAccount(idOf(document._id), document)]));
  }

  /** The outcome of a chunk whose record is closed. */
  async committed(chunkId: string): Promise<Uint8Array | undefined> {
    const [record] = await this.#dependencies.records.read([chunkId]);
    return record === undefined || record.open ? undefined : this.#dependencies.blobs.read(record.outcome);
  }

  async commit(decision: ChunkDecision): Promise<CommitResult> {
    const { records } = this.#dependencies;
    let own: OwnDecisions | undefined;
    let [record] = await records.read([decision.chunkId]);
    for (;;) {
      if (record?.open === false) {
        const outcome = await this.#outcomeOf(record, own);
        if (outcome !== undefined) return { status: 'committed', outcome };
        [record] = await records.read([decision.chunkId]);
        continue;
      }
      if (record === undefined || record.token === decision.amends) {
        const decided = await this.#decide(decision, record);
        if ('status' in decided) return decided;
        own = decided;
        record = decided.record;
      } else {
        const result = await this.#carryOn(record, own);
        if (result !== undefined) return result;
        [record] = await records.read([decision.chunkId]);
      }
    }
  }

  /**
   * Brings a direct call's record to its end that its worker left lying: what it says is done, or forgotten if its account moved before it was
   * written.
   */
  async settle(chunkId: string): Promise<void> {
    const { records, blobs } = this.#dependencies;
    for (;;) {
      const [record] = await records.read([chunkId]);
      if (!record?.open) return;
      const result = await this.#carryOn(record);
      if (result?.status === 'committed') return;
      if (result === undefined) continue;
      const decisions = await this.#decisionsOf(record);
      if (decisions === undefined) continue;
      await records.remove([record]);
      await this.#withdraw(record, decisions, new Map());
      for (const { tenant, jobId } of decisions) await this.claims.forget(tenant, jobId);
      await blobs.remove([...record.decisions, record.outcome]);
      return;
    }
  }

  /** Claims, notes, and writes the record, or its amendment. Somebody else's record may come first. */
  async #decide(
    decision: ChunkDecision,
    record: DecisionRecord | undefined,
  ): Promise<OwnDecisions | Extract<CommitResult, { status: 'moved' }>> {
    const { records, blobs, encode, random } = this.#dependencies;
    const { chunkId, tenant, jobId, date } = decision;
    const writes: AccountWrite[] = [];
    const wanted = new WantedCodes();
    const untouched: string[] = [];
    for (const one of decision.accounts) {
      const isChanged = one.change.account !== one.before?.account;
      if (!isChanged && one.before === undefined) untouched.push(one.accountId);
      if (!isChanged && record === undefined) continue;
      writes.push(accountWrite(one, isChanged));
      if (isChanged) wanted.add(one);
    }
    const outcome = decision.outcome;

    const token = tokenOf(chunkId, random());
    const decisions: Decisions = { tenant, jobId, token, writes };
    const ids = { decisions: decisionsId(token), outcome: outcomeId(token) };
    const write = async (): Promise<void> => {
      await Promise.all([blobs.write(ids.decisions, encode(decisions)), blobs.write(ids.outcome, outcome)]);
    };
    const [moved] = await Promise.all([this.#claimCodes(decision, wanted), write()]);
    await this.#missReferrers(decision, writes, moved);
    if (decision.asOf === assumedNew) await this.#missNobody(decision, untouched, moved);
    if (moved.accountIds.size > 0) {
      await blobs.remove([ids.decisions, ids.outcome]);
      await this.claims.drop(tenant, listedBy(writes.filter(({ accountId }) => moved.accountIds.has(accountId))));
      const outcomeBefore = record === undefined ? undefined : await blobs.read(record.outcome);
      // Without it the record has changed, and the next attempt finds that out.
      const standing =
        record === undefined || outcomeBefore === undefined ? {} : { standing: { mark: record.token, outcome: outcomeBefore } };
      return { status: 'moved', accountIds: [...moved.accountIds], codes: [...moved.codes], ...standing };
    }
    await this.#noteOverwritten(tenant, writes);

    const document: DecisionRecord = {
      ...{ _id: chunkId, token, open: true, date, outcome: ids.outcome },
      applied: record?.applied ?? [],
      decisions: [...(record?.decisions ?? []), ids.decisions],
      ...(decision.isDirect ? { directSince: new Date() } : {}),
    };
    const isIn =
      record === undefined ? (await records.insert([document])).size === 0 : await records.replace([{ token: record.token, document }]);
    if (isIn) return { decisions, outcome, record: document };
    // Unless a broken connection made the write twice, the record is another worker's.
    const [standing] = await records.read([chunkId]);
    const isMine = standing?.outcome === ids.outcome || standing?.decisions.includes(ids.decisions);
    if (!isMine) await blobs.remove([ids.decisions, ids.outcome]);
    return { decisions, outcome, record: standing };
  }

  /** Makes sure of the codes that accounts come to list; answers what others keep. */
  async #claimCodes({ tenant, jobId }: ChunkDecision, { byKey, contradictions: moved }: WantedCodes): Promise<Moved> {
    if (byKey.size === 0) return moved;
    const claimant = await this.claims.begin(tenant, jobId);
    for (const key of await this.claims.take(tenant, claimant, [...byKey.values()], 'list')) {
      note(moved, byKey.get(key)!.owner.accountId, key);
    }
    return moved;
  }

  /** Finds the referrals to somebody who is gone by now, and for whom the job has no claim. */
  async #missReferrers({ tenant, jobId }: ChunkDecision, writes: readonly AccountWrite[], moved: Moved): Promise<void> {
    const referrals = writes.flatMap((write) => write.referrals.map((referral) => ({ accountId: write.accountId, referral })));
    if (referrals.length === 0) return;
    const living = await this.#livingAmong(
      tenant,
      referrals.map(({ referral }) => referral.referrer),
    );
    const missing = referrals.filter(({ referral }) => !living.has(referral.referrer.incarnation));
    const states = await this.claims.states(tenant, new Set(missing.map(({ referral }) => codeKey(referral.code))), jobId);
    for (const { accountId, referral } of missing) {
      const key = codeKey(referral.code);
      const state = states.get(key);
      if (state?.claim?.jobId !== jobId || !isSameUser(state.owner, referral.referrer)) note(moved, accountId, key);
    }
  }

  /** Finds, of the accounts that were taken for new and would not be written, those that are there. */
  async #missNobody({ tenant, jobId }: ChunkDecision, accountIds: readonly string[], moved: Moved): Promise<void> {
    const found = await this.readAccounts(tenant, accountIds);
    if (found.size > 0) this.#dependencies.newcomers.note(jobId, false);
    for (const accountId of found.keys()) moved.accountIds.add(accountId);
  }

  /** The incarnations of those who live. */
  async #livingAmong(tenant: string, sides: readonly ReferralSide[]): Promise<Set<string>> {
    const accounts = await this.readAccounts(tenant, new Set(sides.map(({ accountId }) => accountId)));
    const living = sides.filter(({ accountId, id, incarnation }) =>
      accounts.get(accountId)?.account?.users.some((user) => user.id === id && user.incarnation === incarnation),
    );
    return new Set(living.map(({ incarnation }) => incarnation));
  }

  /**
   * Tells the open records by which the accounts were written that they were: once they are overwritten, nobody could see it. The token itself proves
   * the write.
   */
  async #noteOverwritten(tenant: string, writes: readonly AccountWrite[]): Promise<void> {
    const { records, blobs, announce, random } = this.#dependencies;
    const accountsOf = new Map<string, string[]>();
    for (const { accountId, before, content } of writes) {
      if (before === null || content === undefined) continue;
      const recordId = recordOf(before);
      const accounts = accountsOf.get(recordId);
      if (accounts === undefined) accountsOf.set(recordId, [accountId]);
      else accounts.push(accountId);
    }
    while (accountsOf.size > 0) {
      const changes: Replacement<DecisionRecord>[] = [];
      let hasChanged = false;
      for (const record of await records.read(accountsOf.keys())) {
        const news = (accountsOf.get(record._id) ?? []).filter((id) => !record.applied.includes(id));
        if (!record.open || news.length === 0) continue;
        // Before it is noted: whoever finds the note counts on it.
        const outcome = await blobs.read(record.outcome);
        hasChanged ||= outcome === undefined;
        if (outcome === undefined) continue;
        await announce(outcome, record.date, new Set(news));
        const document = { ...record, token: tokenOf(record._id, random()), applied: [...record.applied, ...news] };
        changes.push({ token: record.token, document });
      }
      if ((await records.replace(changes)) && !hasChanged) return;
    }
  }

  /**
   * Makes the writes of a record that are still to be made, draws their consequences and closes it. Answers nothing when another worker has changed
   * the record meanwhile.
   */
  async #carryOn(record: DecisionRecord, own?: OwnDecisions): Promise<CommitResult | undefined> {
    const { accounts, records, newcomers } = this.#dependencies;
    const decisions = await this.#decisionsOf(record, own?.decisions);
    const outcome = await this.#outcomeOf(record, own);
    if (decisions === undefined || outcome === undefined) return undefined;
    const { tenant, jobId } = decisions[0]!;
    const standing = standingWrites(decisions);
    const applied = new Set(record.applied);
    const pending = [...standing.values()].filter(({ write }) => write.content !== undefined && !applied.has(write.accountId));
    // Before the accounts: whoever then finds a user gone finds the user barred too.
    await this.#doNotTrack.bar(tenant, barredBy(pending.map(({ write }) => write)), record._id);

    const unsure = await this.#write(tenant, pending);
    if (unsure.some(({ write }) => write.before === null)) newcomers.note(jobId, false);
    const tokens = await accounts.tokens(unsure.map(({ write }) => tenantKey(tenant, write.accountId)));
    const missing = unsure.filter(({ write, after }) => tokens.get(tenantKey(tenant, write.accountId)) !== after);
    if (missing.length === 0) {
      await this.#finish(record, decisions, standing, outcome);
      return { status: 'committed', outcome };
    }
    // After the accounts: whoever overwrote what was written here has noted it before.
    const [again] = await records.read([record._id]);
    if (again?.token !== record.token) return undefined;
    return {
      ...{ status: 'moved', codes: [], accountIds: missing.map(({ write }) => write.accountId) },
      standing: { mark: record.token, outcome },
    };
  }

  async #outcomeOf(record: DecisionRecord, own?: OwnDecisions): Promise<Uint8Array | undefined> {
    if (own !== undefined && record.outcome === outcomeId(own.decisions.token)) return own.outcome;
    return this.#dependencies.blobs.read(record.outcome);
  }

  /** Nothing when another worker has closed the record since it was read. */
  async #decisionsOf(record: DecisionRecord, mine?: Decisions): Promise<Decisions[] | undefined> {
    const { blobs, decode } = this.#dependencies;
    const all: Decisions[] = [];
    for (const id of record.decisions) {
      const isMine = mine !== undefined && id === decisionsId(mine.token);
      const bytes = isMine ? undefined : await blobs.read(id);
      if (!isMine && bytes === undefined) return undefined;
      all.push(bytes === undefined ? mine! : decode(bytes));
    }
    return all;
  }

  /** Writes accounts; answers those of which it is not sure. */
  async #write(tenant: string, standing: readonly StandingWrite[]): Promise<StandingWrite[]> {
    const { accounts } = this.#dependencies;
    const keyOf = ({ write }: StandingWrite): string => tenantKey(tenant, write.accountId);
    const document = (one: StandingWrite): AccountDocument => accountDocument(keyOf(one), one.after, one.write.content ?? null);
    const created = standing.filter(({ write }) => write.before === null);
    const changed = standing.filter(({ write }) => write.before !== null);
    const taken = await accounts.insert(created.map(document));
    const unsure = taken.size === 0 ? [] : created.filter((one) => taken.has(keyOf(one)));
    const changes = changed.map((one) => ({ token: one.write.before ?? '', document: document(one) }));
    return (await accounts.replace(changes)) ? unsure : [...unsure, ...changed];
  }

  /** Draws the consequences of what is written, tells of it, and closes the record. Every step may be repeated. */
  async #finish(
    record: DecisionRecord,
    decisions: readonly Decisions[],
    standing: ReadonlyMap<string, StandingWrite>,
    outcome: Uint8Array,
  ): Promise<void> {
    const { blobs, announce } = this.#dependencies;
    await Promise.all([this.#drawConsequences(record, decisions, standing), announce(outcome, record.date)]);
    await this.#close(record);
    const { tenant, jobId } = decisions[0]!;
    if (record.directSince !== undefined) await this.claims.forget(tenant, jobId);
    const amended = decisions.map(({ token }) => outcomeId(token)).filter((id) => id !== record.outcome);
    await blobs.remove([...record.decisions, ...amended]);
  }

  /** History, and the claims and bars that are no longer needed. Every step may be repeated. */
  async #drawConsequences(
    record: DecisionRecord,
    decisions: readonly Decisions[],
    standing: ReadonlyMap<string, StandingWrite>,
  ): Promise<void> {
    const { history } = this.#dependencies;
    const { tenant } = decisions[0]!;
    const writes = Array.from(standing.values(), ({ write }) => write);
    const referrals = writes.flatMap((write) => write.referrals);
    const ended = writes.flatMap(({ accountId, erased }) => erased.map((incarnation) => ({ incarnation, accountId })));
    const erased = ended.map(({ incarnation }) => incarnation);
    await history.addReferrals(tenant, referrals);
    await history.end(tenant, ended);
    const sides = referrals.flatMap(({ referrer, referred }) => [referrer.incarnation, referred.incarnation]);
    await history.erase(tenant, [...erased, ...(await history.endedAmong(tenant, sides))]);

    await this.#withdraw(record, decisions, standing);
    await this.claims.drop(
      tenant,
      writes.flatMap((write) => write.freed),
    );
  }

  /** Takes back what was prepared for decisions that are no longer in force. */
  async #withdraw(record: DecisionRecord, decisions: readonly Decisions[], standing: ReadonlyMap<string, StandingWrite>): Promise<void> {
    const { tenant } = decisions[0]!;
    const superseded = decisions.flatMap(({ token, writes }) => writes.filter(({ accountId }) => standing.get(accountId)?.after !== token));
    const upheld = new Set(barredBy(Array.from(standing.values(), ({ write }) => write)).map(userText));
    const withdrawn = barredBy(superseded).filter((user) => !upheld.has(userText(user)));
    await this.#doNotTrack.withdraw(tenant, withdrawn, record._id);
    await this.claims.drop(tenant, listedBy(superseded));
  }

  async #close(record: DecisionRecord): Promise<void> {
    const { records, random } = this.#dependencies;
    for (let current: DecisionRecord | undefined = record; current?.open; [current] = await records.read([record._id])) {
      const { directSince: _directSince, ...rest } = current;
      const document = { ...rest, token: tokenOf(record._id, random()), open: false, applied: [], decisions: [] };
      if (await records.replace([{ token: current.token, document }])) return;
    }
  }
}

/** What this worker decided, and the record afterwards, which may be another worker's. */
interface OwnDecisions {
  readonly decisions: Decisions;
  readonly outcome: Uint8Array;
  readonly record: DecisionRecord | undefined;
}

interface Moved {
  readonly accountIds: Set<string>;
  readonly codes: Set<string>;
}

function note(moved: Moved, accountId: string, key: string): void {
  moved.accountIds.add(accountId);
  moved.codes.add(key);
}

const decisionsId = (token: string): string => `${token}/decisions`;
const outcomeId = (token: string): string => `${token}/outcome`;

function accountWrite({ accountId, before, change }: AccountDecision, isChanged: boolean): AccountWrite {
  const { account, listed, freed, referrals, erased, doNotTrack } = change;
  const content = !isChanged ? undefined : account === undefined ? null : accountContent(account);
  return { accountId, before: before?.token ?? null, content, listed, freed, referrals, erased, doNotTrack };
}

/** The codes that accounts come to list, as their users are given them. */
class WantedCodes {
  readonly byKey = new Map<string, Wanted>();
  /** Codes that two users want. */
  readonly contradictions: Moved = { accountIds: new Set(), codes: new Set() };

  add({ accountId, change: { account, listed } }: AccountDecision): void {
    if (listed.length === 0 || account === undefined) return;
    for (const user of account.users) {
      for (const { key, programId: program, code } of codesOf(user)) {
        if (!listed.some((one) => one.key === key)) continue;
        const owner = { accountId, id: user.id };
        const other = this.byKey.get(key);
        if (other !== undefined && !isSameUser(other.owner, owner)) note(this.contradictions, accountId, key);
        else this.byKey.set(key, { key, program, code, owner });
      }
    }
  }
}

const listedBy = (writes: readonly AccountWrite[]): string[] => writes.flatMap(({ listed }) => listed.map(({ key }) => key));

const barredBy = (writes: readonly AccountWrite[]): UserKey[] => writes.flatMap(({ doNotTrack }) => doNotTrack);
