import type { AccountChange, Account, ImportPlan, LoadedState, RowOutcome, UserKey } from '@advocate/domain';
import { chunkId } from '@advocate/domain';
import type { RowChunk } from '@advocate/messages';
import { encodeChunkOutcome } from '@advocate/messages';
import type { AccountDecision, ParticipantStore } from '@advocate/ports';
import type { RowParser } from './read-rows.ts';
import { readRows } from './read-rows.ts';

/** The rules of one kind of rows. */
export interface RowRules<Row extends UserKey> {
  parser(plan: ImportPlan): RowParser<Row>;
  /** Keys of the codes and links that deciding the row needs to know. */
  codeKeys(row: Row): readonly string[];
  /** Whether rows are refused for users on the do-not-track list. */
  readonly heedsDoNotTrack: boolean;
  /** Decides one account's rows, in file order. Pure. */
  decide(before: Account | undefined, rows: readonly NumberedRow<Row>[], plan: ImportPlan, state: LoadedState): AccountChange;
}

export interface NumberedRow<Row> {
  readonly row: Row;
  readonly recordNumber: number;
}

/** A chunk came before one that has to be decided first; it will be right later. */
export class ChunkOutOfOrderError extends Error {
  override readonly name = 'ChunkOutOfOrderError';
}

export type ApplyChunk = (chunk: RowChunk) => Promise<Uint8Array>;

/**
 * Applies chunks: loads the accounts that the rows touch, decides, and commits. Answers the encoded chunk outcome; a chunk that was
 * committed before, by whomever, is answered with the same outcome and not decided anew.
 */
export function createApplyChunk<Row extends UserKey>(store: ParticipantStore, rules: RowRules<Row>, now: () => number): ApplyChunk {
  const parserOf = parserCache(rules);
  return async (chunk) => {
    const { plan, slice, partition, previousSlice } = chunk;
    const id = chunkId(plan.jobId, slice, partition);
    const committed = await store.committed(id);
    if (committed !== undefined) return committed;
    if (previousSlice !== undefined && !(await store.isCommitted(chunkId(plan.jobId, previousSlice, partition)))) {
      throw new ChunkOutOfOrderError(`Chunk ${id} waits for slice ${previousSlice}`);
    }
    const outcomes: RowOutcome[] = [];
    const groups = new Map<string, RowGroup<Row>>();
    for (const [index, parsed] of readRows(chunk, parserOf(plan)).entries()) {
      if (parsed.error !== undefined) {
        outcomes[index] = { kind: 'failed', error: parsed.error };
        continue;
      }
      const { row } = parsed;
      let group = groups.get(row.accountId);
      if (group === undefined) groups.set(row.accountId, (group = { indexes: [], rows: [] }));
      group.indexes.push(index);
      group.rows.push({ row, recordNumber: chunk.recordNumbers[index] ?? 0 });
    }

    const decisions = new Map<string, AccountDecision>();
    const movedCodes = new Set<string>();
    let undecided: Iterable<string> = groups.keys();
    for (;;) {
      const accountIds = [...undecided];
      const state = await store.load(loadRequest(plan, accountIds, groups, movedCodes));
      for (const accountId of accountIds) {
        const group = groups.get(accountId);
        if (group === undefined) continue;
        const before = state.accounts.get(accountId);
        const { outcomes: decided, ...change } = rules.decide(before?.account, group.rows, plan, state);
        decisions.set(accountId, { accountId, before, change });
        for (const [position, index] of group.indexes.entries()) outcomes[index] = decided[position] as RowOutcome;
      }
      const outcome = encodeChunkOutcome({
        tenant: plan.tenant,
        jobId: plan.jobId,
        slice,
        partition,
        sliceChunks: chunk.sliceChunks,
        recordNumbers: chunk.recordNumbers,
        outcomes,
      });
      const { tenant, jobId } = plan;
      const result = await store.commit({ chunkId: id, tenant, jobId, accounts: [...decisions.values()], outcome, date: now() });
      if (result.status === 'committed') return result.outcome;
      for (const key of result.codes) movedCodes.add(key);
      undecided = result.accountIds;
    }

    function loadRequest(
      { tenant, jobId }: ImportPlan,
      accountIds: readonly string[],
      rowsOf: ReadonlyMap<string, RowGroup<Row>>,
      moreCodes: Iterable<string>,
    ): Parameters<ParticipantStore['load']>[0] {
      const codes = new Set(moreCodes);
      const users: UserKey[] = [];
      for (const accountId of accountIds) {
        for (const { row } of rowsOf.get(accountId)?.rows ?? []) {
          for (const key of rules.codeKeys(row)) codes.add(key);
          if (rules.heedsDoNotTrack) users.push(row);
        }
      }
      return { tenant, jobId, accountIds, codes: [...codes], doNotTrack: users };
    }
  };
}

interface RowGroup<Row> {
  readonly indexes: number[];
  readonly rows: NumberedRow<Row>[];
}

/** Keeps the parsers of the jobs at hand: compiling one for each chunk would cost more than small chunks do. */
function parserCache<Row extends UserKey>(rules: RowRules<Row>): (plan: ImportPlan) => RowParser<Row> {
  const parsers = new Map<string, RowParser<Row>>();
  return (plan) => {
    let parser = parsers.get(plan.jobId);
    if (parser === undefined) {
      if (parsers.size >= 100) parsers.clear();
      parsers.set(plan.jobId, (parser = rules.parser(plan)));
    }
    return parser;
  };
}
