import type { ImportPlan, RowParser, UserKey } from '@advocate/domain';
import { chunkId } from '@advocate/domain';
import type { RowChunk } from '@advocate/messages';
import { ChunkOutcomeEncoder } from '@advocate/messages';
import type { ParticipantStore } from '@advocate/ports';
import { decideAndCommit } from './decide-and-commit.ts';
import { openRows } from './read-rows.ts';
import type { RowLogic } from './row-logic.ts';

/** A chunk came before one that has to be decided first; it will be right later. */
export class ChunkOutOfOrderError extends Error {
  override readonly name = 'ChunkOutOfOrderError';
}

export type ApplyChunk = (chunk: RowChunk) => Promise<Uint8Array>;

/**
 * Applies chunks and answers their encoded outcomes. A chunk that was committed before, by whomever, is answered with the same outcome
 * and not decided anew. Throws {@link ChunkOutOfOrderError} when an earlier slice's chunk of the partition was not committed yet.
 */
export function createApplyChunk<Row extends UserKey>(store: ParticipantStore, logic: RowLogic<Row>): ApplyChunk {
  const parserOf = parserCache(logic);
  return async (chunk) => {
    const { plan, slice, partition, previousSlice, sliceChunks, recordNumbers } = chunk;
    const { tenant, jobId } = plan;
    const id = chunkId(jobId, slice, partition);
    const [committed, isNext] = await Promise.all([
      store.committed(id),
      previousSlice === undefined || store.isCommitted(chunkId(jobId, previousSlice, partition)),
    ]);
    if (committed !== undefined) return committed;
    if (!isNext) {
      throw new ChunkOutOfOrderError(`Chunk ${id} waits for slice ${previousSlice}`);
    }
    const rows = openRows(chunk, parserOf(plan));
    const place = {
      ...{ tenant, jobId, slice, partition, sliceChunks, recordNumbers },
      get ignoredFields() {
        return rows.ignoredFields;
      },
    };
    return decideAndCommit({ store, logic }, { id, plan, rows, recordNumbers, encoder: new ChunkOutcomeEncoder(place) });
  };
}

/** Keeps the parsers of the jobs at hand: compiling one for each chunk would cost more than small chunks do. */
function parserCache<Row extends UserKey>(logic: RowLogic<Row>): (plan: ImportPlan) => RowParser<Row> {
  const parsers = new Map<string, RowParser<Row>>();
  return (plan) => {
    let parser = parsers.get(plan.jobId);
    if (parser === undefined) {
      if (parsers.size >= 100) parsers.clear();
      parsers.set(plan.jobId, (parser = logic.parser(plan)));
    }
    return parser;
  };
}
