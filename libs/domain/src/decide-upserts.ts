import type { Account, User } from './account.ts';
import { maxUsersPerAccount } from './account.ts';
import { codeKey, generatedCode, incarnationOf, keysOf, linkKey, referralId } from './codes.ts';
import type { Digest } from './codes.ts';
import type { ImportPlan } from './import-plan.ts';
import type { ResultRow, RowOutcome } from './outcome.ts';
import { badRequest, rowError } from './row-error.ts';
import type { RowError } from './row-error.ts';
import type { CustomFieldValue, NumberedRow, UserUpsert } from './rows/row-types.ts';
import { applySegmentOperations, unknownSegment } from './segments.ts';
import type { CodeState, LoadedState } from './state.ts';
import { isSameUser, userText } from './state.ts';
import type { Wording } from './wording.ts';
import { common, wording } from './wording.ts';
import type { AccountChange, ListedCode, Referral } from './writes.ts';
import { nothing } from './writes.ts';

type UpsertRow = NumberedRow<UserUpsert>;

export interface UpsertContext {
  readonly plan: ImportPlan;
  /** `plan.segments` as a set. */
  readonly segments: ReadonlySet<string>;
  readonly state: Pick<LoadedState, 'codes' | 'doNotTrack'>;
  readonly digest: Digest;
  /** Whether the file's codes were claimed before its rows were dispatched: then a code without a claim was somebody's, and is not free for all now. */
  readonly codesAreClaimed?: boolean;
}

/**
 * Decides the upserts of one account's users, in file order. A row that changes nothing leaves the account as it is; a row that
 * fails leaves no trace. Errors are in the order of the product's fields.
 */
export function decideUpserts(before: Account | undefined, rows: readonly UpsertRow[], context: UpsertContext): AccountChange {
  const accountId = rows[0]?.row.accountId ?? '';
  const listed: ListedCode[] = [];
  const referrals: Referral[] = [];
  const outcomes: RowOutcome[] = [];
  let account = before;
  for (const row of rows) {
    const index = account === undefined ? -1 : account.users.findIndex((candidate) => candidate.id === row.row.id);
    const existing = account?.users[index];
    const error = refusal(account, existing, row, context);
    if (error !== undefined) {
      outcomes.push({ kind: 'failed', error });
      continue;
    }
    const draft = new UserDraft(existing, row, context);
    draft.applyFields();
    draft.applyCodes(listed);
    draft.applyAttribution(account, referrals);
    const user = draft.finish();
    if (user === existing) {
      outcomes.push({ kind: 'unchanged', result: resultRow(accountId, user, context.plan) });
      continue;
    }
    if (existing === undefined) {
      account =
        account === undefined
          ? { id: accountId, dateCreated: context.plan.acceptedAt, users: [user] }
          : { ...account, users: [...account.users, user] };
    } else if (account !== undefined) {
      account = { ...account, users: account.users.with(index, user) };
    }
    outcomes.push({ kind: existing === undefined ? 'created' : 'updated', result: resultRow(accountId, user, context.plan) });
  }
  return { account, listed, freed: nothing, referrals, erased: nothing, doNotTrack: nothing, outcomes };
}

/** The first reason why a row cannot be applied. */
function refusal(account: Account | undefined, existing: User | undefined, row: UpsertRow, context: UpsertContext): RowError | undefined {
  const { row: upsert } = row;
  if (existing === undefined) {
    if (context.state.doNotTrack.has(userText(upsert))) return rowError('FORBIDDEN', 'The user is set to do-not-track.', 'id');
    if (account !== undefined && account.users.length >= maxUsersPerAccount) {
      return badRequest(
        wording`Unable create user on account. The account_id ${upsert.accountId} already has reached the maximum number of users per account. (limit ${common(maxUsersPerAccount)} users per account_id)`,
        'accountId',
      );
    }
  }
  for (const code of upsert.referredByCodes ?? nothing) {
    if (referrerOf(code, context) !== undefined) continue;
    const column = code === upsert.referredByCodes?.[0] ? 'referredBy.code' : 'referredByCodes';
    return rowError('NOT_FOUND', 'No referral code found for the provided code', column);
  }
  if (upsert.referralCodes !== undefined || upsert.shareLinks !== undefined) {
    const error = refusedKey(existing, row, context);
    if (error !== undefined) return error;
  }
  const segment = upsert.segments === undefined ? undefined : unknownSegment(upsert.segments, context.segments);
  if (segment !== undefined) return badRequest(wording`No segment found for the key ${segment}`, 'segments');
  return undefined;
}

/** The first of a row's codes and links that its user cannot be given. */
function refusedKey(existing: User | undefined, row: UpsertRow, context: UpsertContext): RowError | undefined {
  const { row: upsert } = row;
  const given = new Set<string>();
  for (const programId in upsert.referralCodes) {
    const code = upsert.referralCodes[programId] ?? '';
    if (isIgnored(existing?.codes, programId, context)) continue;
    const error = notGivable(
      { key: codeKey(code), what: 'referral code', text: code, field: 'referralCodes', programId },
      given,
      row,
      context,
    );
    if (error !== undefined) return error;
  }
  for (const programId in upsert.shareLinks) {
    const link = upsert.shareLinks[programId] ?? '';
    if (isIgnored(existing?.links, programId, context)) continue;
    const error = notGivable({ key: linkKey(link), what: 'share link', text: link, field: 'shareLinks', programId }, given, row, context);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** Unless the tenant lets codes be edited, one that is given for a program in which the user has one is ignored, whosever it is. */
function isIgnored(held: User['codes'] | undefined, programId: string, { plan }: UpsertContext): boolean {
  return !plan.allowReferralCodeEdit && own(held, programId) !== undefined;
}

/** A code or link as a row gives it. */
interface GivenKey {
  readonly key: string;
  /** Its kind, for people. */
  readonly what: string;
  readonly text: string;
  readonly field: 'referralCodes' | 'shareLinks';
  readonly programId: string;
}

/** A code or link belongs to one participant and one program: who holds it, or has it claimed, keeps it. */
function notGivable(item: GivenKey, given: Set<string>, row: UpsertRow, context: UpsertContext): RowError | undefined {
  const { key, programId } = item;
  const state = context.state.codes.get(key);
  if (state !== undefined && !isSameUser(state.owner, row.row)) {
    const { claim } = state;
    const isOfFile = claim?.jobId === context.plan.jobId;
    return conflict(item, isOfFile ? wording`is given to another user in record ${claim.recordNumber} of the file` : othersCode);
  }
  if (state === undefined && context.codesAreClaimed) return conflict(item, othersCode);
  if (given.has(key) || (state !== undefined && state.programId !== programId))
    return conflict(item, common('belongs to another program of the user'));
  given.add(key);
  return undefined;
}

const othersCode = common('belongs to another user');

function conflict({ what, text, field, programId }: GivenKey, why: Wording): RowError {
  return rowError('CONFLICT', wording`The ${common(what)} ${text} ${why}`, `${field}.${programId}`);
}

/**
 * Whom a code given as `referredBy` names: a participant of the store that the job met, or the owner of a claim of its own file. A code
 * that this job itself listed without a claim (a generated one) was not there when the job met the store.
 */
function referrerOf(code: string, context: UpsertContext): CodeState | undefined {
  const state = context.state.codes.get(codeKey(code));
  if (state === undefined) return undefined;
  const { jobId } = context.plan;
  if (state.claim?.jobId === jobId) return state;
  return state.listedBy === undefined || state.listedBy === jobId ? undefined : state;
}

const copiedFields = [
  'firstName',
  'lastName',
  'email',
  'referable',
  'locale',
  'countryCode',
  'dateUsTaxFormSubmitted',
  'imageUrl',
] as const;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One user while a row is applied to it. */
class UserDraft {
  readonly #existing: User | undefined;
  readonly #row: UpsertRow;
  readonly #context: UpsertContext;
  readonly #user: Mutable<User>;
  #changed: boolean;

  constructor(existing: User | undefined, row: UpsertRow, context: UpsertContext) {
    const { row: upsert } = row;
    this.#existing = existing;
    this.#row = row;
    this.#context = context;
    this.#changed = existing === undefined;
    this.#user =
      existing === undefined
        ? {
            id: upsert.id,
            incarnation: incarnationOf(context.digest, context.plan.jobId, upsert),
            referable: true,
            dateCreated: upsert.dateCreated ?? context.plan.acceptedAt,
            codes: {},
            changedBy: { jobId: '', recordNumber: 0 },
          }
        : { ...existing };
  }

  applyFields(): void {
    const { row: upsert } = this.#row;
    const user = this.#user;
    for (const field of copiedFields) {
      const value = upsert[field];
      if (value === undefined || value === user[field]) continue;
      (user as Record<string, unknown>)[field] = value;
      this.#changed = true;
    }
    this.#applyCustomFields(upsert.customFields);
    this.#applySegments();
  }

  #applyCustomFields(given: UserUpsert['customFields']): void {
    if (given === undefined) return;
    const before = this.#user.customFields;
    const after: Record<string, CustomFieldValue> = { ...before };
    let changed = false;
    for (const name in given) {
      const value = given[name];
      if (value === undefined || value === (own(after, name) ?? null)) continue;
      if (value === null) Reflect.deleteProperty(after, name);
      else if (name === '__proto__') Object.defineProperty(after, name, { ...plainProperty, value });
      else after[name] = value;
      changed = true;
    }
    if (!changed) return;
    this.#changed = true;
    if (Object.keys(after).length === 0) delete this.#user.customFields;
    else this.#user.customFields = after;
  }

  #applySegments(): void {
    const { plan } = this.#context;
    const { segments = nothing } = this.#row.row;
    if (segments.length === 0 && plan.params.segments.length === 0) return;
    const before = this.#user.segments ?? [];
    const after = applySegmentOperations(applySegmentOperations(before, segments), plan.params.segments);
    if (after.length === before.length && after.every((key, index) => key === before[index])) return;
    this.#changed = true;
    if (after.length === 0) delete this.#user.segments;
    else this.#user.segments = after;
  }

  applyCodes(listed: ListedCode[]): void {
    const { row: upsert } = this.#row;
    const { plan } = this.#context;
    const userId = upsert.id;
    const codes = this.#withGiven(this.#user.codes, upsert.referralCodes, codeKey, listed);
    const links = this.#withGiven(this.#user.links ?? {}, upsert.shareLinks, linkKey, listed);
    let complete = codes;
    for (const programId of [...plan.programs, ...Object.keys(links)]) {
      if (own(complete, programId) !== undefined) continue;
      const code = this.#generate(programId);
      complete = { ...complete, [programId]: [code] };
      listed.push({ key: codeKey(code), userId });
    }
    if (complete !== this.#user.codes) {
      this.#user.codes = complete;
      this.#changed = true;
    }
    if (links !== this.#user.links && Object.keys(links).length > 0) {
      this.#user.links = links;
      this.#changed = true;
    }
  }

  /** Adds given codes (or links) in front of those that the user has; answers the same object when nothing is new. */
  #withGiven(
    before: Readonly<Record<string, readonly string[]>>,
    given: Readonly<Record<string, string>> | undefined,
    keyOf: (value: string) => string,
    listed: ListedCode[],
  ): Readonly<Record<string, readonly string[]>> {
    let after = before;
    for (const programId in given) {
      const value = given[programId] ?? '';
      const held = own(after, programId);
      if (held !== undefined && !this.#context.plan.allowReferralCodeEdit) continue;
      if (held?.[0] === value) continue;
      const key = keyOf(value);
      const others = (held ?? []).filter((other) => keyOf(other) !== key);
      if (!this.#holds(key)) listed.push({ key, userId: this.#row.row.id });
      after = { ...after, [programId]: [value, ...others] };
    }
    return after;
  }

  /** By the account: what is known of codes may have been loaded at another moment. */
  #holds(key: string): boolean {
    return this.#existing !== undefined && keysOf(this.#existing).includes(key);
  }

  #generate(programId: string): string {
    const { digest, plan, state } = this.#context;
    for (let attempt = 0; ; attempt += 1) {
      const code = generatedCode(digest, plan.tenant, programId, this.#row.row, attempt);
      const taken = state.codes.get(codeKey(code));
      // A claim of the user's own is for a later row of the file, which may or may not be in this chunk.
      if (taken === undefined || (taken.programId === programId && isSameUser(taken.owner, this.#row.row))) return code;
    }
  }

  /** An account is referred once per program; a user created as not referable is not attributed to anybody. */
  applyAttribution(account: Account | undefined, referrals: Referral[]): void {
    const { row: upsert } = this.#row;
    if (this.#existing === undefined && upsert.referable === false) return;
    for (const code of upsert.referredByCodes ?? nothing) {
      const referrer = referrerOf(code, this.#context);
      if (referrer === undefined) continue;
      const { owner, programId } = referrer;
      if (isSameUser(owner, upsert)) continue;
      const isReferred = (user: Pick<User, 'referredIn'>): boolean => user.referredIn?.includes(programId) ?? false;
      if (isReferred(this.#user) || account?.users.some(isReferred)) continue;
      this.#user.referredIn = [...(this.#user.referredIn ?? []), programId].sort();
      this.#changed = true;
      referrals.push(this.#referral(referrer, code));
    }
  }

  /** With the code as the row gives it: how the owner spells it may be changed by another row of the file, earlier or later than this decision. */
  #referral({ owner, programId, incarnation }: CodeState, code: string): Referral {
    const { digest, plan } = this.#context;
    const { row: upsert } = this.#row;
    return {
      id: referralId(digest, this.#user.incarnation, programId),
      programId,
      code,
      referrer: { accountId: owner.accountId, id: owner.id, incarnation: incarnation ?? incarnationOf(digest, plan.jobId, owner) },
      referred: { accountId: upsert.accountId, id: upsert.id, incarnation: this.#user.incarnation },
      dateCreated: plan.acceptedAt,
    };
  }

  /** The user afterwards; the very object that was there when nothing changed. */
  finish(): User {
    if (this.#existing !== undefined && !this.#changed) return this.#existing;
    this.#user.changedBy = { jobId: this.#context.plan.jobId, recordNumber: this.#row.recordNumber };
    return this.#user;
  }
}

/** Assigning to `__proto__` would set the prototype; a custom field may have that name. */
const plainProperty = { configurable: true, enumerable: true, writable: true };

function own<Value>(map: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

function resultRow(accountId: string, user: User, plan: ImportPlan): ResultRow {
  const program = plan.programs[0] ?? '';
  return [
    user.id,
    accountId,
    user.email ?? null,
    user.firstName ?? null,
    user.lastName ?? null,
    own(user.codes, program)?.[0] ?? null,
    user.imageUrl ?? null,
    user.dateCreated,
    user.dateUsTaxFormSubmitted ?? null,
    user.locale ?? null,
    user.countryCode ?? null,
    own(user.links, program)?.[0] ?? null,
    user.customFields ?? null,
  ];
}
