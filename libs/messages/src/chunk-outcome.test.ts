import { zstdCompressSync } from 'node:zlib';
import { ChunkOutcomeMessage } from '@advocate/contracts';
import type { ResultRow, RowOutcome } from '@advocate/domain';
import { noOutcomes, rowError, wording } from '@advocate/domain';
import { describe, expect, test } from 'vitest';
import { ChunkOutcomeEncoder } from './chunk-outcome-encoder.ts';
import type { ChunkOutcome } from './chunk-outcome.ts';
import {
  decodeChunkOutcome,
  encodeChunkOutcome,
  readChangedParticipants,
  readChunkOutcome,
  readOutcomeErrors,
  summariseChunkOutcome,
} from './chunk-outcome.ts';

const hostileFields = JSON.parse('{"__proto__":"p","constructor":false,"z":0.5,"a":"x"}') as Record<string, string | boolean | number>;
const full: ResultRow = [
  ...(['ann', 'a1', 'ann@example.com', 'Zoë "🎉"', 'O\u2028Neil', 'CODE', 'https://example.com/a.png'] as const),
  ...([1_893_456_000_123, 0, 'en_CA', 'CA', 'https://example.com/ann', hostileFields] as const),
];
const bare: ResultRow = ['bob', 'a1', null, null, null, null, null, 0, null, null, null, null, null];
const error = { message: 'This request requires a valid non-empty id', apiErrorCode: 'BAD_REQUEST', statusCode: 400 } as const;
const conflict = rowError('CONFLICT', wording`The code “${'ü'}” is taken, "so"`, 'referralCodes.p1');

const { cause: _cause, ...shownConflict } = conflict;

const outcomes: readonly RowOutcome[] = [
  { kind: 'failed', error },
  { kind: 'created', result: full },
  { kind: 'updated', result: bare },
  { kind: 'failed', error: conflict },
  { kind: 'unchanged', result: bare },
  { kind: 'failed', error },
];

function chunkOf(rows: readonly RowOutcome[]): ChunkOutcome {
  const recordNumbers = rows.map((_, index) => 500_000 + 3 * index);
  const ignoredFields = ['referrable', '__proto__'];
  return { tenant: 'acme/ü', jobId: 'job-1', slice: 70_000, partition: 3, sliceChunks: 4, recordNumbers, ignoredFields, outcomes: rows };
}

describe('a chunk outcome', () => {
  test('comes back as it was encoded, with every kind of user outcome', () => {
    const decoded = decodeChunkOutcome(encodeChunkOutcome(chunkOf(outcomes)));
    expect(decoded).toEqual(chunkOf(outcomes));
    expect(JSON.stringify(decoded.outcomes)).toBe(JSON.stringify(outcomes));
  });

  test('comes back as it was encoded, with deletions', () => {
    const rows: readonly RowOutcome[] = [
      { kind: 'deleted', result: ['a1', 'ann'] },
      { kind: 'failed', error: { message: 'No user found for the provided id', apiErrorCode: 'NOT_FOUND', statusCode: 404 } },
      { kind: 'deleted', result: ['"a,1"\n', '🎉'] },
    ];
    expect(decodeChunkOutcome(encodeChunkOutcome(chunkOf(rows)))).toEqual(chunkOf(rows));
  });

  test.each<[string, readonly RowOutcome[]]>([
    ['no rows', []],
    ['failed rows only', [outcomes[0]!, outcomes[3]!]],
  ])('comes back as it was encoded, with %s', (_, rows) => {
    expect(decodeChunkOutcome(encodeChunkOutcome(chunkOf(rows)))).toEqual(chunkOf(rows));
  });

  test('comes back with a hundred thousand rows', () => {
    const rows = Array.from({ length: 100_000 }, (_, index): RowOutcome => outcomes[index % outcomes.length]!);
    const bytes = encodeChunkOutcome(chunkOf(rows));
    expect(decodeChunkOutcome(bytes).outcomes).toEqual(rows);
    const counts = { created: 16_667, updated: 16_667, unchanged: 16_666, deleted: 0, failed: 50_000 };
    expect(summariseChunkOutcome(bytes).counts).toEqual(counts);
  });

  test('is the same bytes every time', () => {
    expect(Buffer.compare(encodeChunkOutcome(chunkOf(outcomes)), encodeChunkOutcome(structuredClone(chunkOf(outcomes))))).toBe(0);
  });

  test('shows its errors with their records in the message itself, so that they are read without decompressing, and each cause once', () => {
    const { errors, kinds, causes, errorCauses } = ChunkOutcomeMessage.decode(encodeChunkOutcome(chunkOf(outcomes)));
    expect(kinds).toBe('fcufnf');
    expect(errors).toEqual([
      { recordNumber: 500_000, ...error, column: '' },
      { recordNumber: 500_009, ...shownConflict },
      { recordNumber: 500_015, ...error, column: '' },
    ]);
    expect(causes).toEqual([error.message, 'The code “…” is taken, "so"']);
    expect(errorCauses).toEqual([0, 1, 0]);
  });
});

test('rows are read one after the other, with their record numbers', () => {
  const { recordNumbers } = chunkOf(outcomes);
  const rows = readChunkOutcome(encodeChunkOutcome(chunkOf(outcomes)));
  expect(rows.next().value).toEqual({ recordNumber: recordNumbers[0], outcome: outcomes[0] });
  expect([...rows]).toEqual(outcomes.slice(1).map((outcome, index) => ({ recordNumber: recordNumbers[index + 1], outcome })));
});

describe('the errors of a chunk outcome', () => {
  test('are read with their record numbers, without its results', () => {
    const message = ChunkOutcomeMessage.decode(encodeChunkOutcome(chunkOf(outcomes)));
    const bytes = ChunkOutcomeMessage.encode({ ...message, results: [Buffer.from('never read')] }).finish();
    expect([...readOutcomeErrors(bytes)]).toEqual([
      { recordNumber: 500_000, ...error },
      { recordNumber: 500_009, ...conflict },
      { recordNumber: 500_015, ...error },
    ]);
  });

  test('of a version that did not know causes are their own causes', () => {
    const message = ChunkOutcomeMessage.decode(encodeChunkOutcome(chunkOf(outcomes)));
    const errors = message.errors.map((each) => ({ ...each, column: '' }));
    const bytes = ChunkOutcomeMessage.encode({ ...message, errors, causes: [], errorCauses: [] }).finish();
    const { cause: _, column: _column, ...old } = conflict;
    expect([...readOutcomeErrors(bytes)][1]).toEqual({ recordNumber: 500_009, ...old });
    expect(decodeChunkOutcome(bytes).outcomes[3]).toEqual({ kind: 'failed', error: old });
  });
});

describe('a summary', () => {
  test('has all but the rows, counted, and the names of their custom fields, sorted', () => {
    const { outcomes: _, ...place } = chunkOf(outcomes);
    expect(summariseChunkOutcome(encodeChunkOutcome(chunkOf(outcomes)))).toEqual({
      ...place,
      counts: { created: 1, updated: 1, unchanged: 1, deleted: 0, failed: 3 },
      customFields: ['__proto__', 'a', 'constructor', 'z'],
    });
  });

  test('counts deletions, which have no custom fields', () => {
    const rows: RowOutcome[] = [{ kind: 'deleted', result: ['a1', 'ann'] }];
    expect(summariseChunkOutcome(encodeChunkOutcome(chunkOf(rows)))).toMatchObject({
      counts: { ...noOutcomes, deleted: 1 },
      customFields: [],
    });
  });
});

describe('the encoder', () => {
  const { outcomes: _, ...place } = chunkOf(outcomes);

  test('takes rows in any order, and the last that is said of a row', () => {
    const encoder = new ChunkOutcomeEncoder(place);
    encoder.set(5, outcomes[1]!);
    encoder.set(3, { kind: 'failed', error });
    encoder.set(1, { kind: 'failed', error });
    for (const index of [3, 0, 4, 2, 5, 1]) encoder.set(index, outcomes[index]!);
    expect(Buffer.compare(encoder.finish(), encodeChunkOutcome(chunkOf(outcomes)))).toBe(0);
  });

  test('forgets the custom fields of an outcome that it replaces', () => {
    const encoder = new ChunkOutcomeEncoder(place);
    const other: ResultRow = [...bare.slice(0, 12), { gone: 1 }] as unknown as ResultRow;
    for (const [index] of outcomes.entries()) encoder.set(index, { kind: 'updated', result: other });
    for (const [index, outcome] of outcomes.entries()) encoder.set(index, outcome);
    expect(summariseChunkOutcome(encoder.finish()).customFields).toEqual(['__proto__', 'a', 'constructor', 'z']);
    expect(Buffer.compare(encoder.finish(), encodeChunkOutcome(chunkOf(outcomes)))).toBe(0);
  });

  test('refuses to finish while a row has no outcome', () => {
    const encoder = new ChunkOutcomeEncoder(place);
    for (const index of [0, 1, 2, 4, 5]) encoder.set(index, outcomes[index]!);
    expect(() => encoder.finish()).toThrow('Row 3 of a chunk has no outcome');
  });
});

describe('bytes that are no chunk outcome', () => {
  const good = encodeChunkOutcome(chunkOf(outcomes));
  const message = ChunkOutcomeMessage.decode(good);
  const encode = (change: Partial<typeof message>) => ChunkOutcomeMessage.encode({ ...message, ...change }).finish();
  const json = (...results: unknown[]) => [zstdCompressSync(results.map((result) => `${JSON.stringify(result)}\n`).join(''))];

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('accountId,id\na1,ann\n')],
    ['JSON', Buffer.from('{"kinds":"c"}')],
    ['random bytes', Uint8Array.from({ length: 200 }, (_, i) => (i * 167 + 13) % 256)],
    ['a message cut short', good.subarray(0, good.length - 20)],
    ['rows that are not compressed', encode({ results: [Buffer.from('[]')] })],
    ['rows that are no JSON', encode({ results: [zstdCompressSync('[')] })],
    ['rows of which one is no JSON', encode({ results: [zstdCompressSync(`${JSON.stringify(full)}\n{\n${JSON.stringify(bare)}\n`)] })],
    ['a kind that there is not', encode({ kinds: 'fcufnx' })],
    ['fewer results than rows', encode({ results: json(full, bare) })],
    ['more results than rows', encode({ results: json(full, bare, bare, bare) })],
    ['fewer errors than rows', encode({ errors: message.errors.slice(1) })],
    ['more errors than rows', encode({ errors: [...message.errors, ...message.errors] })],
    ['results of failed rows only', encode({ kinds: 'fff', recordNumbers: [1, 2, 3], results: json(full) })],
    ['fewer record numbers than rows', encode({ recordNumbers: message.recordNumbers.slice(1) })],
  ])('are refused: %s', (_, bytes) => {
    expect(() => decodeChunkOutcome(bytes)).toThrow();
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('accountId,id\na1,ann\n')],
    ['random bytes', Uint8Array.from({ length: 200 }, (_, i) => (i * 167 + 13) % 256)],
    ['a message cut short', good.subarray(0, good.length - 20)],
    ['a kind that there is not', encode({ kinds: 'fcufnx' })],
    ['fewer record numbers than rows', encode({ recordNumbers: message.recordNumbers.slice(1) })],
  ])('have no summary: %s', (_, bytes) => {
    expect(() => summariseChunkOutcome(bytes)).toThrow();
  });
});

describe('the participants that a chunk changed', () => {
  const ids = ['ann', '', 'a"b', 'back\\slash', '\\', '"', ',"', 'ü🎉', '\ud800', '\n\u0000', '[', 'x'.repeat(300)];
  const pairs = ids.flatMap((id) => ids.map((accountId) => [id, accountId] as const));

  test('are those of a users file, with whatever ids', () => {
    const [, , ...rest] = bare;
    const rows = pairs.map(([id, accountId], index): RowOutcome => {
      const kind = (['created', 'updated', 'unchanged'] as const)[index % 3]!;
      return index % 7 === 0 ? { kind: 'failed', error } : { kind, result: [id, accountId, ...rest] };
    });
    const bytes = encodeChunkOutcome(chunkOf(rows));
    const expected = Array.from(readChunkOutcome(bytes)).flatMap(({ recordNumber, outcome: { kind, ...row } }) =>
      (kind === 'created' || kind === 'updated') && 'result' in row
        ? [{ recordNumber, kind, accountId: row.result[1], id: row.result[0] }]
        : [],
    );
    expect([...readChangedParticipants(bytes)]).toEqual(expected);
    expect(expected.length).toBeGreaterThan(50);
  });

  test('are those of a deletions file', () => {
    const rows = pairs.map(([id, accountId]): RowOutcome => ({ kind: 'deleted', result: [accountId, id] }));
    const changed = [...readChangedParticipants(encodeChunkOutcome(chunkOf(rows)))];
    expect(changed.map(({ id, accountId }) => [id, accountId])).toEqual(pairs);
  });
});
