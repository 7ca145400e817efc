import type { ImportPlan, NumberedRow, Parsed, RowOutcome, UserKey } from '@advocate/domain';
import type { AccountDecision, LoadRequest, ParticipantStore } from '@advocate/ports';
import type { RowLogic } from './row-logic.ts';

export interface ApplyDependencies<Row extends UserKey> {
  readonly store: ParticipantStore;
  readonly logic: RowLogic<Row>;
}

/**
 * Decides rows on the accounts that they touch and commits them under an id, all of them or none. Accounts that moved between loading
 * and committing are decided again. Answers the encoded outcome: that of the first commit under this id, whoever made it.
 */
export async function decideAndCommit<Row extends UserKey>(
  { store, logic }: ApplyDependencies<Row>,
  id: string,
  plan: ImportPlan,
  rows: readonly Parsed<Row>[],
  recordNumbers: readonly number[],
  encode: (outcomes: readonly RowOutcome[]) => Uint8Array,
): Promise<Uint8Array> {
  const { tenant, jobId } = plan;
  const outcomes: RowOutcome[] = [];
  const groups = new Map<string, RowGroup<Row>>();
  for (const [index, parsed] of rows.entries()) {
    if (parsed.error === undefined) addToGroup(groups, index, { row: parsed.row, recordNumber: recordNumbers[index] ?? 0 });
    else outcomes[index] = { kind: 'failed', error: parsed.error };
  }
  const decisions = new Map<string, AccountDecision>();
  const movedCodes = new Set<string>();
  let undecided: Iterable<RowGroup<Row>> = groups.values();
  for (;;) {
    const request = loadRequest(plan, logic, [...undecided], movedCodes);
    const state = await store.load(request);
    for (const accountId of request.accountIds) {
      const { rows: accountRows, indexes } = groupOf(groups, accountId);
      const before = state.accounts.get(accountId);
      const change = logic.decide(before?.account, accountRows, plan, state);
      decisions.set(accountId, { accountId, before, change });
      change.outcomes.forEach((outcome, position) => (outcomes[indexes[position] ?? -1] = outcome));
    }
    const outcome = encode(outcomes);
    const result = await store.commit({ chunkId: id, tenant, jobId, accounts: [...decisions.values()], outcome, date: plan.acceptedAt });
    if (result.status === 'committed') return result.outcome;
    for (const key of result.codes) movedCodes.add(key);
    undecided = result.accountIds.map((accountId) => groupOf(groups, accountId));
  }
}

/** The rows of one account. */
interface RowGroup<Row extends UserKey> {
  readonly accountId: string;
  readonly rows: NumberedRow<Row>[];
  /** Where each row stands in the chunk. */
  readonly indexes: number[];
}

function addToGroup<Row extends UserKey>(groups: Map<string, RowGroup<Row>>, index: number, numbered: NumberedRow<Row>): void {
  const { accountId } = numbered.row;
  let group = groups.get(accountId);
  if (group === undefined) groups.set(accountId, (group = { accountId, rows: [], indexes: [] }));
  group.rows.push(numbered);
  group.indexes.push(index);
}

function groupOf<Row extends UserKey>(groups: ReadonlyMap<string, RowGroup<Row>>, accountId: string): RowGroup<Row> {
  const group = groups.get(accountId);
  if (group === undefined) throw new TypeError('The store named an account that the chunk does not touch');
  return group;
}

function loadRequest<Row extends UserKey>(
  { tenant, jobId }: ImportPlan,
  logic: RowLogic<Row>,
  groups: readonly RowGroup<Row>[],
  movedCodes: Iterable<string>,
): LoadRequest {
  const codes = new Set(movedCodes);
  const users: UserKey[] = [];
  for (const group of groups) {
    for (const { row } of group.rows) {
      for (const key of logic.codeKeys(row)) codes.add(key);
      if (logic.heedsDoNotTrack) users.push(row);
    }
  }
  return { tenant, jobId, accountIds: groups.map(({ accountId }) => accountId), codes: [...codes], doNotTrack: users };
}
