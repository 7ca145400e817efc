import { createHash } from 'node:crypto';
import type { User } from './account.ts';
import type { Digest } from './codes.ts';
import type { UpsertContext } from './decide-upserts.ts';
import { decideUpserts } from './decide-upserts.ts';
import type { ImportPlan } from './import-plan.ts';
import type { NumberedRow, UserUpsert } from './rows/row-types.ts';
import type { CodeState } from './state.ts';

export const digest: Digest = (text) => createHash('sha256').update(text).digest('hex');

/** When built jobs were accepted. */
export const acceptedAt = Date.UTC(2031, 5, 7);

/** A users' job with one program and without options. */
export function planOf(plan: Partial<ImportPlan> = {}): ImportPlan {
  return {
    tenant: 'acme',
    jobId: 'job-1',
    type: 'users',
    format: 'jsonl',
    columns: [],
    params: { segments: [], preserveEmptyAccounts: false, doNotTrack: false },
    acceptedAt,
    programs: ['default'],
    segments: [],
    linkDomains: [],
    allowReferralCodeEdit: false,
    ...plan,
  };
}

/** A user whom an earlier job created, with a code. */
export function userOf(user: Partial<User> & Pick<User, 'id'>): User {
  return {
    incarnation: `life of ${user.id}`,
    referable: true,
    dateCreated: Date.UTC(2030, 0, 1),
    codes: { default: [`CODE${user.id}`] },
    changedBy: { jobId: 'earlier', recordNumber: 5 },
    ...user,
  };
}

/** Numbers rows from 2, as the rows of a CSV file are. */
export function numbered<Row>(rows: readonly Row[], first = 2): NumberedRow<Row>[] {
  return rows.map((row, index) => ({ row, recordNumber: first + index }));
}

interface Met {
  readonly codes?: Readonly<Record<string, CodeState>>;
  readonly doNotTrack?: readonly string[];
}

/** A decision's context: the plan, and what the store has by key. */
export function contextOf(plan: ImportPlan = planOf(), { codes = {}, doNotTrack = [] }: Met = {}): UpsertContext {
  return {
    plan,
    segments: new Set(plan.segments),
    state: { codes: new Map(Object.entries(codes)), doNotTrack: new Set(doNotTrack) },
    digest,
  };
}

/** Decides upserts of the account `a1`, which has these users unless it is absent. */
export function upsert(
  users: readonly User[] | undefined,
  rows: readonly Omit<UserUpsert, 'accountId'>[],
  context: UpsertContext = contextOf(),
) {
  const before = users === undefined ? undefined : { id: 'a1', dateCreated: Date.UTC(2030, 0, 1), users };
  const change = decideUpserts(before, numbered(rows.map((row) => ({ accountId: 'a1', ...row }))), context);
  return { ...change, before, kinds: change.outcomes.map(({ kind }) => kind) };
}
