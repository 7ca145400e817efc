import { describe, expect, test } from 'vitest';
import type { Account, UserKey } from './account.ts';
import { codeKey, generatedCode, keysOf, linkKey } from './codes.ts';
import { decideDeletions } from './decide-deletions.ts';
import { decideUpserts } from './decide-upserts.ts';
import type { ImportPlan } from './import-plan.ts';
import type { NumberedRow, UserDeletion, UserUpsert } from './rows/row-types.ts';
import type { CodeState } from './state.ts';
import { isSameUser, userText } from './state.ts';
import { digest, numbered, planOf } from './test-support.ts';
import type { AccountChange, Referral } from './writes.ts';

/*
 * Nothing that a job decides may hang on where its file is cut: for random files, every way of cutting them has to end with the same
 * store and the same outcomes as a file in one piece. The store is a model: maps, and the rules by which a store says what has moved.
 */

type Job = { readonly plan: ImportPlan } & (
  { readonly kind: 'users'; readonly rows: readonly UserUpsert[] } | { readonly kind: 'deletions'; readonly rows: readonly UserDeletion[] }
);

interface Claim {
  readonly owner: UserKey;
  readonly programId: string;
  readonly code: string;
  readonly recordNumber: number;
}

class ModelStore {
  /** As text, as a real store has them. */
  readonly #accounts = new Map<string, string>();
  readonly #listedBy = new Map<string, string>();
  readonly #doNotTrack = new Set<string>();
  readonly #referrals = new Map<string, Referral>();
  readonly #outcomes: string[] = [];
  #claims = new Map<string, Claim>();

  /** Runs a job whose file is cut into pieces of these sizes. */
  run(job: Job, sizes: readonly number[]): void {
    if (job.kind === 'users') this.#claim(job.rows);
    let start = 0;
    for (const size of sizes) {
      if (job.kind === 'users') this.#runUpserts(job.plan, numbered(job.rows.slice(start, start + size), start + 2));
      else this.#runDeletions(job.plan, numbered(job.rows.slice(start, start + size), start + 2));
      start += size;
    }
    this.#claims = new Map();
  }

  everything() {
    return {
      outcomes: this.#outcomes,
      accounts: [...this.#accounts].sort(),
      listedBy: [...this.#listedBy].sort(),
      doNotTrack: [...this.#doNotTrack].sort(),
      referrals: [...this.#referrals.values()].map((referral) => JSON.stringify(referral)).sort(),
    };
  }

  #claim(rows: readonly UserUpsert[]): void {
    for (const { row, recordNumber } of numbered(rows)) {
      const owner = { accountId: row.accountId, id: row.id };
      for (const { key, programId, code } of givenIn(row)) {
        const holder = this.#codeState(key, '')?.owner;
        if (!this.#claims.has(key) && (holder === undefined || isSameUser(holder, owner)))
          this.#claims.set(key, { owner, programId, code, recordNumber });
      }
    }
  }

  #account(accountId: string): Account | undefined {
    const text = this.#accounts.get(accountId);
    return text === undefined ? undefined : (JSON.parse(text) as Account);
  }

  #codeState(key: string, jobId: string): CodeState | undefined {
    const claimed = this.#claims.get(key);
    const claim = claimed === undefined ? {} : { claim: { jobId, recordNumber: claimed.recordNumber } };
    for (const accountId of this.#accounts.keys()) {
      for (const user of this.#account(accountId)?.users ?? []) {
        for (const [programId, values] of [...Object.entries(user.codes), ...Object.entries(user.links ?? {})]) {
          for (const code of values) {
            if (codeKey(code) !== key && (!code.startsWith('https:') || linkKey(code) !== key)) continue;
            const listedBy = this.#listedBy.get(key);
            if (listedBy === undefined) throw new Error(`${key} is held, but was never listed`);
            return { owner: { accountId, id: user.id }, programId, code, incarnation: user.incarnation, listedBy, ...claim };
          }
        }
      }
    }
    if (claimed === undefined) return undefined;
    const incarnation = this.#account(claimed.owner.accountId)?.users.find(({ id }) => id === claimed.owner.id)?.incarnation;
    const { owner, programId, code } = claimed;
    return { owner, programId, code, ...(incarnation === undefined ? {} : { incarnation }), ...claim };
  }

  #runUpserts(plan: ImportPlan, rows: readonly NumberedRow<UserUpsert>[]): void {
    const moved = new Set<string>();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const codes = new Map<string, CodeState>();
      for (const key of [...rows.flatMap(({ row }) => keysIn(row)), ...moved]) {
        const state = this.#codeState(key, plan.jobId);
        if (state !== undefined) codes.set(key, state);
      }
      const context = { plan, segments: new Set(plan.segments), state: { codes, doNotTrack: this.#doNotTrack }, digest };
      const changes = this.#decide(rows, (before, accountRows) => decideUpserts(before, accountRows, context));
      const movedNow = [...changes].flatMap(([accountId, { change }]) => this.#moved(accountId, change, plan.jobId));
      if (movedNow.length === 0) {
        this.#commit(plan.jobId, rows, changes);
        return;
      }
      for (const key of movedNow) moved.add(key);
    }
    throw new Error('A chunk moves for ever');
  }

  #runDeletions(plan: ImportPlan, rows: readonly NumberedRow<UserDeletion>[]): void {
    this.#commit(
      plan.jobId,
      rows,
      this.#decide(rows, (before, accountRows) => decideDeletions(before, accountRows, plan)),
    );
  }

  #decide<Row extends UserKey>(
    rows: readonly NumberedRow<Row>[],
    decide: (before: Account | undefined, rows: readonly NumberedRow<Row>[]) => AccountChange,
  ) {
    const groups = Map.groupBy(rows, ({ row }) => row.accountId);
    return new Map(
      Array.from(
        groups,
        ([accountId, accountRows]) => [accountId, { accountRows, change: decide(this.#account(accountId), accountRows) }] as const,
      ),
    );
  }

  #moved(accountId: string, change: AccountChange, jobId: string): string[] {
    const taken = change.listed.filter(({ key, userId }) => {
      const state = this.#codeState(key, jobId);
      return state !== undefined && !isSameUser(state.owner, { accountId, id: userId });
    });
    const orphaned = change.referrals.filter(({ referrer, code }) => {
      const lives = this.#account(referrer.accountId)?.users.some(({ incarnation }) => incarnation === referrer.incarnation) ?? false;
      const claim = this.#claims.get(codeKey(code));
      return !lives && (claim === undefined || !isSameUser(claim.owner, referrer));
    });
    return [...taken.map(({ key }) => key), ...orphaned.map(({ code }) => codeKey(code))];
  }

  #commit<Row>(
    jobId: string,
    rows: readonly NumberedRow<Row>[],
    changes: ReadonlyMap<string, { readonly accountRows: readonly NumberedRow<Row>[]; readonly change: AccountChange }>,
  ): void {
    const outcomes = new Map<NumberedRow<Row>, string>();
    for (const [accountId, { accountRows, change }] of changes) {
      for (const [index, row] of accountRows.entries()) outcomes.set(row, JSON.stringify(change.outcomes[index]));
      if (change.account === undefined) this.#accounts.delete(accountId);
      else this.#accounts.set(accountId, JSON.stringify(change.account));
      for (const key of change.freed) this.#listedBy.delete(key);
      for (const { key } of change.listed) if (!this.#listedBy.has(key)) this.#listedBy.set(key, jobId);
      for (const referral of change.referrals) this.#referrals.set(referral.id, referral);
      for (const life of change.erased) {
        for (const { id, referrer, referred } of this.#referrals.values()) {
          if (referrer.incarnation === life || referred.incarnation === life) this.#referrals.delete(id);
        }
      }
      for (const user of change.doNotTrack) this.#doNotTrack.add(userText(user));
    }
    for (const row of rows) this.#outcomes.push(`${row.recordNumber} ${outcomes.get(row)}`);
    this.#checkThatKeysAreUnique();
  }

  #checkThatKeysAreUnique(): void {
    const keys = [...this.#accounts.keys()].flatMap((accountId) => (this.#account(accountId)?.users ?? []).flatMap(keysOf));
    expect(new Set(keys).size, 'every code and link has one holder').toBe(keys.length);
    expect(new Set(keys), 'codes that are held are those that are listed').toEqual(new Set(this.#listedBy.keys()));
  }
}

function givenIn(row: UserUpsert): { key: string; programId: string; code: string }[] {
  return [
    ...Object.entries(row.referralCodes ?? {}).map(([programId, code]) => ({ key: codeKey(code), programId, code })),
    ...Object.entries(row.shareLinks ?? {}).map(([programId, code]) => ({ key: linkKey(code), programId, code })),
  ];
}

const keysIn = (row: UserUpsert): string[] => [...givenIn(row).map(({ key }) => key), ...(row.referredByCodes ?? []).map(codeKey)];

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}

/** Makes jobs on few accounts, users, codes and links, so that rows meet. */
class JobMaker {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #one<Value>(values: readonly Value[]): Value {
    return values[this.#below(values.length)]!;
  }

  /** The property with this probability, else nothing. */
  #maybe<Part extends object>(probability: number, part: () => Part): Part | object {
    return this.#random() < probability ? part() : {};
  }

  #key(): UserKey {
    return { accountId: this.#one(['a1', 'a2', 'a3']), id: this.#one(['u1', 'u2', 'u3']) };
  }

  #code(): string {
    if (this.#random() < 0.15) return generatedCode(digest, 'acme', 'default', this.#key(), this.#below(2));
    const code = this.#one(['Code1', 'Code2', 'Code3', 'Code4', 'Code5', 'Code6']);
    return this.#one([code, code.toUpperCase()]);
  }

  #upsert(): UserUpsert {
    // A generated code is of one program; those of the other one are not generated here.
    const given = () => ({
      ...this.#maybe(0.8, () => ({ default: this.#code() })),
      ...this.#maybe(0.3, () => ({ spring: this.#one(['S1', 's1', 'S2', 'Code6']) })),
    });
    const link = () => `https://example.com/${this.#one(['x', 'y', 'z'])}`;
    return {
      ...this.#key(),
      ...this.#maybe(0.3, () => ({ firstName: this.#one(['Ann', 'Bob']) })),
      ...this.#maybe(0.2, () => ({ referable: this.#one([true, false]) })),
      ...this.#maybe(0.4, () => ({ referralCodes: given() })),
      ...this.#maybe(0.2, () => ({ shareLinks: this.#one([{ default: link() }, { spring: link() }]) })),
      ...this.#maybe(0.4, () => ({ referredByCodes: Array.from({ length: 1 + this.#below(2) }, () => this.#code()) })),
      ...this.#maybe(0.3, () => ({ segments: [this.#one(['a', '~a', 'b', '~*', 'unknown'])] })),
      ...this.#maybe(0.3, () => ({ customFields: { [this.#one(['x', '__proto__', 'y'])]: this.#one([1, 'one', true, null]) } })),
    };
  }

  #deletion(): UserDeletion {
    return {
      ...this.#key(),
      ...this.#maybe(0.3, () => ({ preserveEmptyAccount: this.#one([true, false]) })),
      ...this.#maybe(0.2, () => ({ doNotTrack: this.#one([true, false]) })),
    };
  }

  jobs(): Job[] {
    return Array.from({ length: 4 }, (_, index): Job => {
      const kind = index > 0 && this.#random() < 0.4 ? 'deletions' : 'users';
      const plan = planOf({
        jobId: `job-${index}`,
        type: kind,
        allowReferralCodeEdit: this.#random() < 0.6,
        programs: this.#one([['default'], ['default', 'spring'], ['spring', 'default']]),
        segments: ['a', 'b'],
        params: { segments: this.#one([[], ['b'], ['~a']]), preserveEmptyAccounts: this.#random() < 0.3, doNotTrack: this.#random() < 0.1 },
      });
      const count = 1 + this.#below(kind === 'users' ? 14 : 6);
      if (kind === 'users') return { kind, plan, rows: Array.from({ length: count }, () => this.#upsert()) };
      return { kind, plan, rows: Array.from({ length: count }, () => this.#deletion()) };
    });
  }

  sizes(rows: number): number[] {
    const sizes: number[] = [];
    for (let left = rows; left > 0; left -= sizes.at(-1) ?? left) sizes.push(1 + this.#below(Math.min(left, 4)));
    return sizes;
  }
}

function run(jobs: readonly Job[], sizesOf: (job: Job) => readonly number[]) {
  const store = new ModelStore();
  for (const job of jobs) store.run(job, sizesOf(job));
  return store.everything();
}

describe('wherever files are cut', () => {
  const seeds = Array.from({ length: 30 }, (_, index) => index * 40);

  test.each(seeds)('they end with the same accounts, codes, referrals and outcomes: seeds from %i', (first) => {
    for (let seed = first; seed < first + 40; seed += 1) {
      const maker = new JobMaker(seed);
      const jobs = maker.jobs();
      const whole = run(jobs, ({ rows }) => [rows.length]);
      const cuts = [(job: Job) => job.rows.map(() => 1), (job: Job) => maker.sizes(job.rows.length)];
      for (const cut of cuts) expect(run(jobs, cut), `seed ${seed}`).toEqual(whole);
    }
  });

  test('and the files meet all that can become of a row', () => {
    const seen = new Set<string>();
    let referrals = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const { outcomes, referrals: stored } = run(new JobMaker(seed).jobs(), ({ rows }) => [rows.length]);
      referrals += stored.length;
      for (const outcome of outcomes) {
        const { kind, error } = JSON.parse(outcome.slice(outcome.indexOf(' ') + 1)) as { kind: string; error?: { message: string } };
        seen.add(
          error === undefined
            ? kind
            : error.message.replace(/(?<=referral code )\w+(?= (?:is|belongs))|(?<=link )\S+|(?<=record )\d+/g, '…'),
        );
      }
    }
    expect(referrals).toBeGreaterThan(100);
    expect([...seen].sort()).toEqual([
      'No referral code found for the provided code',
      'No segment found for the key unknown',
      'No user found for the provided id',
      'The referral code … belongs to another program of the user',
      'The referral code … belongs to another user',
      'The referral code … is given to another user in record … of the file',
      'The share link … belongs to another program of the user',
      'The share link … belongs to another user',
      'The share link … is given to another user in record … of the file',
      'The user is set to do-not-track.',
      'created',
      'deleted',
      'unchanged',
      'updated',
    ]);
  });
});
