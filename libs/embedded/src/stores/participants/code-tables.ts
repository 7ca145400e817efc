import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Account, CodeState, UserKey } from '@advocate/domain';
import { codesOf, hash53, isSameUser, keysOf } from '@advocate/domain';
import type { CodeClaim } from '@advocate/ports';
import type { AccountTable, StoredAccount } from './account-table.ts';

/** A code or link that an account lists. */
interface Listing {
  readonly hash: number;
  readonly account: number;
  readonly job: number;
}

interface ClaimRow {
  readonly hash: number;
  readonly job: number;
  readonly tenant: string;
  readonly key: string;
  readonly account_id: string;
  readonly user_id: string;
  readonly program: string;
  readonly code: string;
  readonly record_number: number;
}

/** Claims looked into at a time: enough to spread the cost of a statement, few enough for what is read to be short-lived. */
const claimsAtATime = 1000;

/** Claims dropped at a time. */
export const claimsPerRelease = 20_000;

/**
 * Who has which code or link. What accounts list is kept as a hash and the account's number: the account's document says whether it is
 * this code, and whose. What unfinished jobs claim is kept in full.
 */
export class CodeTables {
  readonly #accounts: AccountTable;
  readonly #jobNumbers = new Map<string, number>();
  readonly #jobIds = new Map<number, string>();
  readonly #listings: StatementSync;
  readonly #list: StatementSync;
  readonly #unlist: StatementSync;
  readonly #anyClaim: StatementSync;
  readonly #claims: StatementSync;
  readonly #insertClaim: StatementSync;
  readonly #deleteClaims: StatementSync;
  readonly #jobNumber: StatementSync;
  readonly #jobOfNumber: StatementSync;
  readonly #insertJobNumber: StatementSync;

  constructor(database: DatabaseSync, accounts: AccountTable) {
    this.#accounts = accounts;
    this.#listings = database.prepare(
      'SELECT hash, account, job FROM json_each(?) AS wanted CROSS JOIN listed_code ON listed_code.hash = wanted.value',
    );
    this.#list = database.prepare('INSERT OR IGNORE INTO listed_code (hash, account, job) VALUES (?, ?, ?)');
    this.#unlist = database.prepare('DELETE FROM listed_code WHERE hash = ? AND account = ?');
    this.#anyClaim = database.prepare('SELECT 1 FROM claim LIMIT 1');
    this.#claims = database.prepare(
      `SELECT hash, job, tenant, claim.key, account_id, user_id, program, code, record_number
        FROM json_each(?) AS wanted CROSS JOIN claim ON claim.hash = wanted.value ORDER BY claim.number`,
    );
    this.#insertClaim = database.prepare(
      'INSERT INTO claim (hash, job, tenant, key, account_id, user_id, program, code, record_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#deleteClaims = database.prepare('DELETE FROM claim WHERE number IN (SELECT number FROM claim WHERE job = ? LIMIT ?)');
    this.#jobNumber = database.prepare('SELECT number FROM job_number WHERE job = ?');
    this.#jobOfNumber = database.prepare('SELECT job FROM job_number WHERE number = ?');
    this.#insertJobNumber = database.prepare('INSERT OR IGNORE INTO job_number (job) VALUES (?)');
  }

  /** Who has the codes asked for, by key. The claim of `jobId` is shown before those of others. */
  read(tenant: string, keys: Iterable<string>, jobId: string): Map<string, CodeState> {
    const codes = new Map<string, CodeState>();
    const wanted = new Set(keys);
    if (wanted.size === 0) return codes;
    const holders = this.#holders(tenant, wanted);
    const claims = this.#claimsOf(tenant, wanted);
    const owners = this.#accounts.read(
      tenant,
      [...claims.values()].flatMap((rows) => rows.map((row) => row.account_id)),
    );
    const job = this.#numberOf(jobId);
    for (const key of wanted) {
      const claim = claims.get(key)?.find((row) => row.job === job) ?? claims.get(key)?.[0];
      const state = holders.get(key) ?? (claim === undefined ? undefined : claimedState(claim, owners.get(claim.account_id)));
      if (state === undefined) continue;
      const claimState = claim === undefined ? {} : { claim: { jobId: this.#jobId(claim.job), recordNumber: claim.record_number } };
      codes.set(key, { ...state, ...claimState });
    }
    return codes;
  }

  /** Who holds the codes asked for, by key. */
  #holders(tenant: string, keys: ReadonlySet<string>): Map<string, CodeState> {
    const holders = new Map<string, CodeState>();
    const listings = this.#listingsOf(tenant, keys);
    const accounts = this.#accounts.readNumbers(
      tenant,
      listings.map(({ account }) => account),
    );
    const jobs = new Map(listings.map(({ account, hash, job }) => [`${account}/${hash}`, job]));
    for (const [number, { account }] of accounts) {
      for (const user of account.users) {
        for (const { key, programId, code } of codesOf(user)) {
          if (!keys.has(key)) continue;
          const job = jobs.get(`${number}/${hash53(tenant, key)}`);
          if (job === undefined) continue;
          const owner = { accountId: account.id, id: user.id };
          holders.set(key, { owner, programId, code, incarnation: user.incarnation, listedBy: this.#jobId(job) });
        }
      }
    }
    return holders;
  }

  #listingsOf(tenant: string, keys: Iterable<string>): Listing[] {
    return this.#listings.all(JSON.stringify(Array.from(keys, (key) => hash53(tenant, key)))) as unknown as Listing[];
  }

  #claimsOf(tenant: string, keys: ReadonlySet<string>): Map<string, ClaimRow[]> {
    if (this.#anyClaim.get() === undefined) return new Map();
    const rows = this.#claims.all(JSON.stringify(Array.from(keys, (key) => hash53(tenant, key)))) as unknown as ClaimRow[];
    return Map.groupBy(
      rows.filter((row) => row.tenant === tenant && keys.has(row.key)),
      (row) => row.key,
    );
  }

  /** Which of the codes, each for its owner, somebody else holds or has claimed. */
  taken(tenant: string, wanted: ReadonlyMap<string, UserKey>): Set<string> {
    const keys = new Set(wanted.keys());
    const taken = new Set<string>();
    if (keys.size === 0) return taken;
    const listed = this.#listingsOf(tenant, keys).length === 0 ? new Map<string, CodeState>() : this.#holders(tenant, keys);
    const claims = this.#claimsOf(tenant, keys);
    if (listed.size === 0 && claims.size === 0) return taken;
    for (const [key, owner] of wanted) {
      const holder = listed.get(key)?.owner;
      const isOthers = holder !== undefined && !isSameUser(holder, owner);
      if (isOthers || claims.get(key)?.some((claim) => !isSameUser(ownerOf(claim), owner))) taken.add(key);
    }
    return taken;
  }

  /** Lists codes, given as hash and account number. */
  list(listings: (readonly [hash: number, account: number])[], jobId: string): void {
    if (listings.length === 0) return;
    const job = this.#jobNumberOf(jobId);
    // In the index's order, so that neighbouring pages are written together.
    listings.sort(([one], [other]) => one - other);
    for (const [hash, account] of listings) this.#list.run(hash, account, job);
  }

  /** Frees codes of an account, given as it is now: one of its other codes may have the same hash, and keeps the listing. */
  unlist(tenant: string, freed: readonly string[], number: number, account: Account | undefined): void {
    if (freed.length === 0) return;
    const kept = new Set((account?.users ?? []).flatMap(keysOf).map((key) => hash53(tenant, key)));
    for (const key of freed) {
      const hash = hash53(tenant, key);
      if (!kept.has(hash)) this.#unlist.run(hash, number);
    }
  }

  /** Whether a job has claimed a code for this user. */
  isClaimed(tenant: string, key: string, jobId: string, owner: UserKey): boolean {
    const job = this.#numberOf(jobId);
    const claims = this.#claimsOf(tenant, new Set([key])).get(key);
    return claims?.some((claim) => claim.job === job && isSameUser(ownerOf(claim), owner)) ?? false;
  }

  /** Makes claims in order, except for codes that somebody else holds or claimed before. */
  claim(tenant: string, jobId: string, claims: readonly CodeClaim[]): void {
    const job = this.#jobNumberOf(jobId);
    for (let start = 0; start < claims.length; start += claimsAtATime) {
      this.#claimSome(tenant, job, claims.slice(start, start + claimsAtATime));
    }
  }

  #claimSome(tenant: string, job: number, claims: readonly CodeClaim[]): void {
    const keys = new Set(claims.map(({ key }) => key));
    const holders = this.#holders(tenant, keys);
    const claimed = this.#claimsOf(tenant, keys);
    for (const { key, owner, programId, code, recordNumber } of claims) {
      const holder = holders.get(key);
      if (holder !== undefined && !isSameUser(holder.owner, owner)) continue;
      const rivals = claimed.get(key);
      if (rivals?.some((claim) => claim.job === job || !isSameUser(ownerOf(claim), owner))) continue;
      const hash = hash53(tenant, key);
      const row: ClaimRow = {
        hash,
        job,
        tenant,
        key,
        account_id: owner.accountId,
        user_id: owner.id,
        program: programId,
        code,
        record_number: recordNumber,
      };
      if (rivals === undefined) claimed.set(key, [row]);
      else rivals.push(row);
      this.#insertClaim.run(hash, job, tenant, key, owner.accountId, owner.id, programId, code, recordNumber);
    }
  }

  /** Drops some of a job's claims and answers how many. */
  release(jobId: string): number {
    const job = this.#numberOf(jobId);
    return job === undefined ? 0 : Number(this.#deleteClaims.run(job, claimsPerRelease).changes);
  }

  /** A job's short number, made when it has none. */
  #jobNumberOf(jobId: string): number {
    const known = this.#numberOf(jobId);
    if (known !== undefined) return known;
    return Number(this.#insertJobNumber.run(jobId).lastInsertRowid);
  }

  /** A transaction that was rolled back may have made numbers; they are free again. */
  forgetJobs(): void {
    this.#jobNumbers.clear();
    this.#jobIds.clear();
  }

  #numberOf(jobId: string): number | undefined {
    let number = this.#jobNumbers.get(jobId);
    if (number !== undefined) return number;
    number = (this.#jobNumber.get(jobId) as { number: number } | undefined)?.number;
    if (number === undefined) return undefined;
    if (this.#jobNumbers.size >= 1000) this.#jobNumbers.clear();
    this.#jobNumbers.set(jobId, number);
    return number;
  }

  #jobId(number: number): string {
    let job = this.#jobIds.get(number);
    if (job === undefined) {
      job = (this.#jobOfNumber.get(number) as { job: string }).job;
      if (this.#jobIds.size >= 1000) this.#jobIds.clear();
      this.#jobIds.set(number, job);
    }
    return job;
  }
}

const ownerOf = (claim: ClaimRow): UserKey => ({ accountId: claim.account_id, id: claim.user_id });

function claimedState(claim: ClaimRow, stored: StoredAccount | undefined): CodeState {
  const incarnation = stored?.account.users.find((user) => user.id === claim.user_id)?.incarnation;
  return { owner: ownerOf(claim), programId: claim.program, code: claim.code, ...(incarnation === undefined ? {} : { incarnation }) };
}
