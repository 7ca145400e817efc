import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ChunkOutcomeMessage } from '@advocate/contracts';
import type { DeletedRow, OutcomeCounts, OutcomeKind, ResultRow, RowError, RowOutcome } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';

/** What became of each row of a chunk. */
export interface ChunkOutcome {
  readonly tenant: string;
  readonly jobId: string;
  readonly slice: number;
  readonly partition: number;
  readonly sliceChunks: number;
  readonly recordNumbers: readonly number[];
  /** At the rows' index. */
  readonly outcomes: readonly RowOutcome[];
  /** Fields of JSONL rows that are not known and were ignored. */
  readonly ignoredFields: readonly string[];
}

/** What is known of a chunk outcome without its rows' contents. */
export interface ChunkSummary extends Omit<ChunkOutcome, 'outcomes'> {
  readonly counts: OutcomeCounts;
  /** Names of the custom fields that the results have, sorted. */
  readonly customFields: readonly string[];
}

const letterOf: Record<OutcomeKind, string> = { created: 'c', updated: 'u', unchanged: 'n', deleted: 'd', failed: 'f' };
const kindOf = new Map(Object.entries(letterOf).map(([kind, letter]) => [letter, kind as OutcomeKind]));
/** Where a result row has its custom fields. */
const customFieldsIndex = 12;
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function encodeChunkOutcome(chunk: ChunkOutcome): Uint8Array {
  let kinds = '';
  const errors = [];
  const results: (ResultRow | DeletedRow)[] = [];
  for (const [index, outcome] of chunk.outcomes.entries()) {
    kinds += letterOf[outcome.kind];
    if (outcome.kind === 'failed') errors.push({ recordNumber: chunk.recordNumbers[index] ?? 0, ...outcome.error });
    else results.push(outcome.result);
  }
  return ChunkOutcomeMessage.encode({
    tenant: chunk.tenant,
    jobId: chunk.jobId,
    slice: chunk.slice,
    partition: chunk.partition,
    sliceChunks: chunk.sliceChunks,
    recordNumbers: chunk.recordNumbers as number[],
    kinds,
    errors,
    results: zstdCompressSync(JSON.stringify(results), compression),
    customFields: customFieldsOf(results),
    ignoredFields: chunk.ignoredFields as string[],
  }).finish();
}

function customFieldsOf(results: readonly (ResultRow | DeletedRow)[]): string[] {
  const names = new Set<string>();
  for (const result of results) {
    if (result.length === 2) return [];
    for (const name in result[customFieldsIndex]) names.add(name);
  }
  return [...names].sort();
}

/** Throws when the bytes are no chunk outcome. */
export function decodeChunkOutcome(bytes: Uint8Array): ChunkOutcome {
  const { kinds, errors, results, customFields: _, ...rest } = ChunkOutcomeMessage.decode(bytes);
  const rows = JSON.parse(zstdDecompressSync(results).toString()) as (ResultRow | DeletedRow)[];
  const failed = errors.values();
  const succeeded = rows.values();
  const outcomes = Array.from(kinds, (letter): RowOutcome => {
    const kind = kindOf.get(letter);
    if (kind === undefined) throw new TypeError(`A chunk outcome has a row of kind ${letter}`);
    const next = kind === 'failed' ? failed.next() : succeeded.next();
    if (next.done) throw new TypeError('A chunk outcome has fewer results or errors than rows');
    if (kind === 'failed') {
      const { message, apiErrorCode, statusCode } = next.value as (typeof errors)[number];
      return { kind, error: { message, apiErrorCode: apiErrorCode as RowError['apiErrorCode'], statusCode } };
    }
    return { kind, result: next.value } as RowOutcome;
  });
  return { ...rest, outcomes };
}

/** The message without its rows' contents, read at a fraction of the cost. */
export function summariseChunkOutcome(bytes: Uint8Array): ChunkSummary {
  const { kinds, errors: _errors, results: _results, ...rest } = ChunkOutcomeMessage.decode(bytes);
  const counts: Record<OutcomeKind, number> = { ...noOutcomes };
  for (const letter of kinds) {
    const kind = kindOf.get(letter);
    if (kind === undefined) throw new TypeError(`A chunk outcome has a row of kind ${letter}`);
    counts[kind] += 1;
  }
  return { ...rest, counts };
}
