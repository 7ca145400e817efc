import { zstdDecompressSync } from 'node:zlib';
import { ChunkOutcomeMessage } from '@advocate/contracts';
import type { DeletedRow, OutcomeCounts, OutcomeKind, ResultRow, RowError, RowOutcome } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import type { ChunkPlace } from './chunk-outcome-encoder.ts';
import { ChunkOutcomeEncoder, letterOf } from './chunk-outcome-encoder.ts';

/** What became of each row of a chunk. */
export interface ChunkOutcome extends ChunkPlace {
  /** At the rows' index. */
  readonly outcomes: readonly RowOutcome[];
}

/** What is known of a chunk outcome without its rows' contents. */
export interface ChunkSummary extends Omit<ChunkOutcome, 'outcomes'> {
  readonly counts: OutcomeCounts;
  /** Names of the custom fields that the results have, sorted. */
  readonly customFields: readonly string[];
}

const kindOf = new Map(Object.entries(letterOf).map(([kind, letter]) => [letter, kind as OutcomeKind]));

export function encodeChunkOutcome({ outcomes, ...place }: ChunkOutcome): Uint8Array {
  const encoder = new ChunkOutcomeEncoder(place);
  for (const [index, outcome] of outcomes.entries()) encoder.set(index, outcome);
  return encoder.finish();
}

/** What became of one row. */
export interface NumberedOutcome {
  readonly recordNumber: number;
  readonly outcome: RowOutcome;
}

/** The rows of an encoded chunk outcome, each read when it is reached. Throws when the bytes are no chunk outcome. */
export function* readChunkOutcome(bytes: Uint8Array): Generator<NumberedOutcome> {
  const { kinds, errors, results, recordNumbers } = readMessage(bytes);
  const lines = linesOf(results);
  const failed = errors.values();
  for (let index = 0; index < kinds.length; index += 1) {
    const recordNumber = recordNumbers[index] ?? 0;
    const kind = kindOf.get(kinds.charAt(index));
    if (kind === undefined) throw new TypeError(`A chunk outcome has a row of kind ${kinds.charAt(index)}`);
    if (kind === 'failed') {
      const { value: error, done } = failed.next();
      if (done) throw new TypeError('A chunk outcome has fewer errors than failed rows');
      const { message, apiErrorCode, statusCode } = error;
      yield { recordNumber, outcome: { kind, error: { message, apiErrorCode: apiErrorCode as RowError['apiErrorCode'], statusCode } } };
      continue;
    }
    const { value: line, done } = lines.next();
    if (done) throw new TypeError('A chunk outcome has fewer results than rows');
    yield { recordNumber, outcome: { kind, result: JSON.parse(line) as ResultRow | DeletedRow } as RowOutcome };
  }
  if (!lines.next().done || !failed.next().done) throw new TypeError('A chunk outcome has more results or errors than rows');
}

/** The lines of compressed blocks; a block is decompressed when its first line is reached. */
function* linesOf(blocks: readonly Uint8Array[]): Generator<string, undefined> {
  for (const block of blocks) {
    const lines = zstdDecompressSync(block).toString();
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf('\n', start);
      if (end < 0) throw new TypeError('A chunk outcome has a line without its end');
      yield lines.slice(start, end);
      start = end + 1;
    }
  }
}

/** Throws when the bytes are no chunk outcome. */
export function decodeChunkOutcome(bytes: Uint8Array): ChunkOutcome {
  const { kinds: _kinds, errors: _errors, results: _results, customFields: _customFields, ...place } = readMessage(bytes);
  return { ...place, outcomes: Array.from(readChunkOutcome(bytes), ({ outcome }) => outcome) };
}

/** The message without its rows' contents, read at a fraction of the cost. Throws when the bytes are no chunk outcome. */
export function summariseChunkOutcome(bytes: Uint8Array): ChunkSummary {
  const { kinds, errors: _errors, results: _results, ...rest } = readMessage(bytes);
  const counts: Record<OutcomeKind, number> = { ...noOutcomes };
  for (const letter of kinds) {
    const kind = kindOf.get(letter);
    if (kind === undefined) throw new TypeError(`A chunk outcome has a row of kind ${letter}`);
    counts[kind] += 1;
  }
  return { ...rest, counts };
}

function readMessage(bytes: Uint8Array): ReturnType<typeof ChunkOutcomeMessage.decode> {
  const message = ChunkOutcomeMessage.decode(bytes);
  if (message.jobId === '') throw new TypeError('A chunk outcome has no job');
  if (message.kinds.length !== message.recordNumbers.length) throw new TypeError('A chunk outcome has not as many rows as record numbers');
  return message;
}
