import { zstdDecompressSync } from 'node:zlib';
import { ChunkOutcomeMessage } from '@advocate/contracts';
import type { DeletedRow, OutcomeCounts, OutcomeKind, ResultRow, RowOutcome } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import type { ChunkPlace } from './chunk-outcome-encoder.ts';
import type { NumberedError } from './row-errors.ts';
import { readErrors } from './row-errors.ts';
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
  const message = readMessage(bytes);
  const { kinds, results, recordNumbers } = message;
  const lines = linesOf(results);
  const failed = readErrors(message);
  for (let index = 0; index < kinds.length; index += 1) {
    const recordNumber = recordNumbers[index] ?? 0;
    const kind = kindOf.get(kinds.charAt(index));
    if (kind === undefined) throw new TypeError(`A chunk outcome has a row of kind ${kinds.charAt(index)}`);
    if (kind === 'failed') {
      const { value: error, done } = failed.next();
      if (done) throw new TypeError('A chunk outcome has fewer errors than failed rows');
      const { recordNumber: _, ...rest } = error;
      yield { recordNumber, outcome: { kind, error: rest } };
      continue;
    }
    const { value: line, done } = lines.next();
    if (done) throw new TypeError('A chunk outcome has fewer results than rows');
    yield { recordNumber, outcome: { kind, result: JSON.parse(line) as ResultRow | DeletedRow } as RowOutcome };
  }
  if (!lines.next().done || !failed.next().done) throw new TypeError('A chunk outcome has more results or errors than rows');
}

/** The errors of an encoded chunk outcome, in row order; nothing is decompressed. Throws when the bytes are no chunk outcome. */
export function readOutcomeErrors(bytes: Uint8Array): Iterable<NumberedError> {
  return readErrors(readMessage(bytes));
}

/** A participant that a row changed. */
export interface ChangedParticipant {
  readonly recordNumber: number;
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly accountId: string;
  readonly id: string;
}

/** The participants that the rows of an encoded chunk outcome changed, in row order, read at a fraction of what {@link readChunkOutcome} costs. */
export function* readChangedParticipants(bytes: Uint8Array): Generator<ChangedParticipant> {
  const { kinds, results, recordNumbers } = readMessage(bytes);
  const lines = linesOf(results);
  for (let index = 0; index < kinds.length; index += 1) {
    const kind = kindOf.get(kinds.charAt(index));
    if (kind === 'failed') continue;
    const { value: line, done } = lines.next();
    if (done) throw new TypeError('A chunk outcome has fewer results than rows');
    if (kind === undefined || kind === 'unchanged') continue;
    const [first, second] = firstTwo(line);
    const recordNumber = recordNumbers[index] ?? 0;
    yield kind === 'deleted' ? { recordNumber, kind, accountId: first, id: second } : { recordNumber, kind, accountId: second, id: first };
  }
}

/** The first two texts of a JSON array. */
function firstTwo(line: string): readonly [string, string] {
  const first = line.indexOf('"', 2);
  const second = line.indexOf('"', first + 3);
  const texts = line.slice(0, second + 1);
  // Otherwise no quote is escaped, and what was found are the ends.
  if (texts.includes('\\')) return JSON.parse(line) as [string, string];
  return [texts.slice(2, first), texts.slice(first + 3, second)];
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
  const { tenant, jobId, slice, partition, sliceChunks, recordNumbers, ignoredFields } = readMessage(bytes);
  const place = { tenant, jobId, slice, partition, sliceChunks, recordNumbers, ignoredFields };
  return { ...place, outcomes: Array.from(readChunkOutcome(bytes), ({ outcome }) => outcome) };
}

/** The message without its rows' contents, read at a fraction of the cost. Throws when the bytes are no chunk outcome. */
export function summariseChunkOutcome(bytes: Uint8Array): ChunkSummary {
  const { kinds, errors: _errors, errorCauses: _errorCauses, causes: _causes, results: _results, ...rest } = readMessage(bytes);
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
