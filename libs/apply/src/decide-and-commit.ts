import { setImmediate } from 'node:timers/promises';
import type { ImportPlan, LoadedAccount, CodeState, LoadedState, NumberedRow, Parsed, UserKey } from '@advocate/domain';
import type { ChunkOutcomeEncoder } from '@advocate/messages';
import { readChunkOutcome } from '@advocate/messages';
import type { AccountDecision, ParticipantStore, StandingDecision } from '@advocate/ports';
import { decideWhatFits } from './decide-what-fits.ts';
import type { RowLogic } from './row-logic.ts';

export interface ApplyDependencies<Row extends UserKey> {
  readonly store: ParticipantStore;
  readonly logic: RowLogic<Row>;
}

/** Rows to apply under an id. */
export interface RowsToApply<Row extends UserKey> {
  readonly id: string;
  readonly plan: ImportPlan;
  /** Each is read when it is needed, once or more often. */
  readonly rows: {
    readonly length: number;
    at(index: number): Parsed<Row> | undefined;
    /** The account that a row is for, where it can be told without reading the row; see `ChunkRows`. */
    accountIdAt?(index: number): string | undefined;
  };
  /** At the rows' index. */
  readonly recordNumbers: readonly number[];
  /** Takes the rows' outcomes. */
  readonly encoder: ChunkOutcomeEncoder;
  /** Whether nobody applies the rows again after a crash. */
  readonly isDirect?: boolean;
}

/**
 * Decides rows on the accounts that they touch and commits them under an id, all of them or none. Accounts that moved between loading
 * and committing are decided again. Answers the encoded outcome: that of the first commit under this id, whoever made it.
 */
export async function decideAndCommit<Row extends UserKey>(
  { store, logic }: ApplyDependencies<Row>,
  { id, plan, rows, recordNumbers, encoder, isDirect = false }: RowsToApply<Row>,
): Promise<Uint8Array> {
  const { tenant, jobId, acceptedAt } = plan;
  const indexesOf = new Map<string, number[]>();
  const keys = new Set<string>();
  for (let index = 0; index < rows.length; index += 1) {
    let accountId = rows.accountIdAt?.(index);
    if (accountId === undefined) {
      const row = readRow(index);
      if (row === undefined) continue;
      for (const key of logic.codeKeys(row)) keys.add(key);
      accountId = row.accountId;
    }
    const indexes = indexesOf.get(accountId);
    if (indexes === undefined) indexesOf.set(accountId, [index]);
    else indexes.push(index);
  }

  const accounts = new Map<string, LoadedAccount>();
  const codes = new Map<string, CodeState>();
  const doNotTrack = new Set<string>();
  const movedCodes = new Set<string>();
  let asOf: unknown;
  let isFirst = true;
  let accountIds: readonly string[] = [...indexesOf.keys()];
  let wantedCodes: readonly string[] = [...keys];
  let standing: StandingDecision | undefined;
  for (;;) {
    const loaded = await store.load({ tenant, jobId, accountIds, codes: wantedCodes, doNotTrack: usersOf(accountIds), isFirst });
    asOf ??= loaded.asOf;
    isFirst = false;
    replace(accounts, accountIds, loaded.accounts);
    replace(codes, wantedCodes, loaded.codes);
    // Accounts that have not moved are decided again too, with what was loaded for them at first.
    for (const user of loaded.doNotTrack) doNotTrack.add(user);
    const state: LoadedState = { accounts, codes, doNotTrack };
    const result = await store.commit({
      ...{ chunkId: id, tenant, jobId, date: acceptedAt, asOf, isDirect, amends: standing?.mark },
      accounts: { [Symbol.iterator]: () => decisions(state) },
      get outcome() {
        return encoder.finish();
      },
    });
    if (result.status === 'committed') return result.outcome;
    for (const key of result.codes) movedCodes.add(key);
    accountIds = result.accountIds;
    standing = result.standing;
    if (standing !== undefined) takeOver(standing.outcome);
    wantedCodes = codesOf(accountIds);
    // Others get their turn before the next attempt, so that two writers cannot keep each other from moving on.
    await setImmediate();
  }

  /** Decides each account when it is reached, so that what a decision is made of is short-lived. */
  function* decisions(state: LoadedState): Generator<AccountDecision> {
    for (const accountId of standing === undefined ? indexesOf.keys() : accountIds) {
      const indexes: number[] = [];
      const numbered: NumberedRow<Row>[] = [];
      for (const index of indexesOf.get(accountId) ?? []) {
        const row = readRow(index);
        if (row === undefined) continue;
        indexes.push(index);
        numbered.push({ row, recordNumber: recordNumbers[index] ?? 0 });
      }
      if (numbered.length === 0) continue;
      const before = accounts.get(accountId);
      const change = decideWhatFits(store, accountId, before?.account, numbered, (account, some) =>
        logic.decide(account, some, plan, state),
      );
      for (let position = 0; position < indexes.length; position += 1) {
        const outcome = change.outcomes[position];
        if (outcome !== undefined) encoder.set(indexes[position] ?? 0, outcome);
      }
      yield { accountId, before, change };
    }
  }

  /** Another worker may have decided the rows before, on what it found. */
  function takeOver(outcome: Uint8Array): void {
    let index = 0;
    for (const row of readChunkOutcome(outcome)) {
      encoder.set(index, row.outcome);
      index += 1;
    }
  }

  /** The row at an index, unless it cannot be read: then that is its outcome. */
  function readRow(index: number): Row | undefined {
    const parsed = rows.at(index);
    if (parsed?.error !== undefined) encoder.set(index, { kind: 'failed', error: parsed.error });
    return parsed?.row;
  }

  function* rowsOf(ids: readonly string[]): Generator<Row> {
    for (const accountId of ids) {
      for (const index of indexesOf.get(accountId) ?? []) {
        const row = readRow(index);
        if (row !== undefined) yield row;
      }
    }
  }

  /** Users to look for on the do-not-track list; read only if the tenant has one. */
  function usersOf(ids: readonly string[]): Iterable<UserKey> {
    return { [Symbol.iterator]: () => (logic.heedsDoNotTrack ? rowsOf(ids) : [].values()) };
  }

  function codesOf(ids: readonly string[]): string[] {
    const wanted = new Set(movedCodes);
    for (const row of rowsOf(ids)) for (const key of logic.codeKeys(row)) wanted.add(key);
    return [...wanted];
  }
}

/** Puts what was loaded in place of what was known of the keys. */
function replace<Value>(known: Map<string, Value>, keys: Iterable<string>, loaded: ReadonlyMap<string, Value>): void {
  for (const key of keys) known.delete(key);
  for (const [key, value] of loaded) known.set(key, value);
}
