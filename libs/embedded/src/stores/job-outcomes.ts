import type { DatabaseSync } from 'node:sqlite';
import type { OutcomeCounts, ProgressPoint, RowsStored, Slice } from '@advocate/domain';
import { historyOf } from '@advocate/domain';
import type { SliceProgress, StoredOutcome } from '@advocate/ports';
import { inTransaction, prepareAll } from './database.ts';

const statements = {
  insertSlice: 'INSERT OR IGNORE INTO slice (job, number, chunks, bytes, document) VALUES (?, ?, ?, ?, ?)',
  slices: `SELECT document, (SELECT count(*) FROM outcome WHERE outcome.job = slice.job AND outcome.slice = slice.number) AS stored
    FROM slice WHERE job = ? ORDER BY number`,
  insertOutcome: `INSERT OR IGNORE INTO outcome (job, slice, partition, created, updated, unchanged, deleted, failed, stored_at, content)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  storedChunks: 'SELECT count(*) AS stored FROM outcome WHERE job = ? AND slice = ?',
  outcomes: 'SELECT content FROM outcome WHERE job = ? AND slice = ? ORDER BY partition',
  slicesWithFailures: 'SELECT DISTINCT slice FROM outcome WHERE job = ? AND failed > 0 ORDER BY slice',
  failures: 'SELECT content FROM outcome WHERE job = ? AND slice = ? AND failed > 0 ORDER BY partition',
  removeOutcomes: 'DELETE FROM outcome WHERE job = ?',
  removeSlices: 'DELETE FROM slice WHERE job = ?',
  history: `SELECT stored_at AS date, sum(created + updated + unchanged + deleted + failed) AS rows, sum(failed) AS failed
    FROM outcome WHERE job = ? AND stored_at IS NOT NULL GROUP BY stored_at`,
  progress: `SELECT ${['created', 'updated', 'unchanged', 'deleted', 'failed'].map((kind) => `coalesce(sum(${kind}), 0) AS ${kind}`).join(', ')},
      (SELECT coalesce(sum(bytes), 0) FROM slice WHERE job = :job
        AND chunks = (SELECT count(*) FROM outcome WHERE outcome.job = slice.job AND outcome.slice = slice.number)) AS bytes
    FROM outcome WHERE job = :job`,
} as const;

/** The slices of jobs and the outcomes of their chunks; see JobStore. */
export class JobOutcomes {
  readonly #database: DatabaseSync;
  readonly #statements;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database, statements);
  }

  async putSlice(jobId: string, slice: Slice): Promise<void> {
    await inTransaction(this.#database, () =>
      this.#statements.insertSlice.run(jobId, slice.index, slice.partitions.length, slice.bytes, JSON.stringify(slice)),
    );
  }

  slices(jobId: string): readonly SliceProgress[] {
    const rows = this.#statements.slices.all(jobId) as unknown as { document: string; stored: number }[];
    return rows.map(({ document, stored }) => {
      const slice = JSON.parse(document) as Slice;
      return { ...slice, finished: stored === slice.partitions.length };
    });
  }

  /** @param isRemoved whether the outcomes of its job were removed; asked within the transaction */
  async put(chunk: StoredOutcome, isRemoved: () => boolean): Promise<{ readonly sliceFinished: boolean }> {
    return inTransaction(this.#database, () => {
      if (isRemoved()) return { sliceFinished: false };
      const { jobId, slice, partition, storedAt, outcome } = chunk;
      const { created, updated, unchanged, deleted, failed } = chunk.counts;
      this.#statements.insertOutcome.run(jobId, slice, partition, created, updated, unchanged, deleted, failed, storedAt, outcome);
      const { stored } = this.#statements.storedChunks.get(jobId, slice) as { stored: number };
      return { sliceFinished: stored === chunk.sliceChunks };
    });
  }

  ofSlice(jobId: string, slice: number): readonly Uint8Array[] {
    return contentsOf(this.#statements.outcomes.all(jobId, slice));
  }

  *failures(jobId: string): Generator<readonly Uint8Array[]> {
    for (const { slice } of this.#statements.slicesWithFailures.all(jobId) as { slice: number }[]) {
      yield contentsOf(this.#statements.failures.all(jobId, slice));
    }
  }

  /** Removes the slices and their outcomes; within a transaction. */
  remove(jobId: string): void {
    this.#statements.removeOutcomes.run(jobId);
    this.#statements.removeSlices.run(jobId);
  }

  history(jobId: string): readonly ProgressPoint[] {
    return historyOf(this.#statements.history.all(jobId) as unknown as RowsStored[]);
  }

  progress(jobId: string): { readonly counts: OutcomeCounts; readonly bytes: number } {
    const { bytes, ...counts } = this.#statements.progress.get({ job: jobId }) as unknown as OutcomeCounts & { bytes: number };
    return { counts, bytes };
  }
}

const contentsOf = (rows: readonly unknown[]): readonly Uint8Array[] => (rows as { content: Uint8Array }[]).map(({ content }) => content);
