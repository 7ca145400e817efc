import { constants, zstdCompressSync } from 'node:zlib';
import { ChunkOutcomeMessage } from '@advocate/contracts';
import type { DeletedRow, OutcomeKind, ResultRow, RowError, RowOutcome } from '@advocate/domain';
import { causeOf } from '@advocate/domain';
import { errorToMessage } from './row-errors.ts';
import { RowLines } from './row-lines.ts';

/** Which chunk an outcome is of. */
export interface ChunkPlace {
  readonly tenant: string;
  readonly jobId: string;
  readonly slice: number;
  readonly partition: number;
  readonly sliceChunks: number;
  readonly recordNumbers: readonly number[];
  /** Fields of JSONL rows that are not known and were ignored. */
  readonly ignoredFields: readonly string[];
}

export const letterOf: Record<OutcomeKind, string> = { created: 'c', updated: 'u', unchanged: 'n', deleted: 'd', failed: 'f' };

const failed = letterOf.failed.charCodeAt(0);

/** Where a result row has its custom fields. */
const customFieldsIndex = 12;
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Encodes a chunk's outcome row by row, in any order, so that no row's objects live for as long as the chunk is being decided: what the
 * garbage collector has to carry along decides how fast rows are applied.
 */
export class ChunkOutcomeEncoder {
  readonly #place: ChunkPlace;
  /** A letter for each row, 0 where nothing was set. */
  readonly #kinds: Buffer;
  /** The results of the rows that did not fail, as JSON. */
  readonly #results: RowLines;
  readonly #errors = new Map<number, RowError>();
  readonly #customFields = new Set<string>();
  /** Whether a result was set again: then some of the custom fields may be those of an outcome that was replaced. */
  #isRevised = false;

  constructor(place: ChunkPlace) {
    this.#place = place;
    const rows = place.recordNumbers.length;
    this.#kinds = Buffer.alloc(rows);
    this.#results = new RowLines(rows);
  }

  /** Sets the outcome of the row at an index, in place of one that was set before. */
  set(index: number, outcome: RowOutcome): void {
    const earlier = this.#kinds[index];
    this.#isRevised ||= earlier !== 0 && earlier !== failed;
    this.#kinds[index] = letterOf[outcome.kind].charCodeAt(0);
    if (outcome.kind === 'failed') {
      this.#errors.set(index, outcome.error);
      this.#results.remove(index);
      return;
    }
    this.#errors.delete(index);
    this.#results.set(index, JSON.stringify(outcome.result));
    this.#noteCustomFields(outcome.result);
  }

  #noteCustomFields(result: ResultRow | DeletedRow): void {
    if (result.length === 2) return;
    for (const name in result[customFieldsIndex]) this.#customFields.add(name);
  }

  #noteCustomFieldsAgain(): void {
    this.#customFields.clear();
    for (const block of this.#results.blocks()) {
      for (const line of block.toString().trimEnd().split('\n')) this.#noteCustomFields(JSON.parse(line) as ResultRow | DeletedRow);
    }
  }

  /** The encoded message. Throws when a row has no outcome. */
  finish(): Uint8Array {
    const { tenant, jobId, slice, partition, sliceChunks, recordNumbers, ignoredFields } = this.#place;
    const missing = this.#kinds.indexOf(0);
    if (missing >= 0) throw new TypeError(`Row ${missing} of a chunk has no outcome`);
    if (this.#isRevised) this.#noteCustomFieldsAgain();
    const errors = [...this.#errors].sort(([one], [other]) => one - other);
    const causes = new CauseTable();
    return ChunkOutcomeMessage.encode({
      ...{ tenant, jobId, slice, partition, sliceChunks },
      recordNumbers: recordNumbers as number[],
      kinds: this.#kinds.toString('latin1'),
      errors: errors.map(([index, error]) => errorToMessage({ recordNumber: recordNumbers[index] ?? 0, ...error })),
      errorCauses: errors.map(([, error]) => causes.indexOf(causeOf(error))),
      causes: causes.texts,
      results: Array.from(this.#results.blocks(), (lines) => zstdCompressSync(lines, compression)),
      customFields: [...this.#customFields].sort(),
      ignoredFields: ignoredFields as string[],
    }).finish();
  }
}

/** Texts, each once, in the order in which they were first asked for. */
class CauseTable {
  readonly #indexes = new Map<string, number>();

  indexOf(text: string): number {
    const index = this.#indexes.get(text) ?? this.#indexes.size;
    if (index === this.#indexes.size) this.#indexes.set(text, index);
    return index;
  }

  get texts(): string[] {
    return [...this.#indexes.keys()];
  }
}
