import { RowChunkMessage } from '@advocate/contracts';
import { buildPlan } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import type { RowChunk } from './row-chunk.ts';
import { decodeRowChunk, encodeRowChunk } from './row-chunk.ts';

const rows = Buffer.from('a1,ann"Zoë\n🎉"a2,\0\xff', 'latin1');
const chunk: RowChunk = {
  plan: buildPlan({
    type: 'users',
    format: 'csv',
    columns: ['accountId', 'id', 'customFields.__proto__', '', 'ü'],
    params: { programId: 'spring', segments: ['vip', '~*'], preserveEmptyAccounts: true, doNotTrack: true },
    acceptedAt: Number.MAX_SAFE_INTEGER,
    programs: ['spring', 'default'],
    segments: ['vip'],
    linkDomains: ['example.com'],
    allowReferralCodeEdit: true,
  }),
  slice: 70_000,
  partition: 11,
  sliceChunks: 12,
  previousSlice: 69_998,
  rows,
  lengths: [10, 0, rows.length - 10],
  recordNumbers: [2, 500_003, 500_004],
  faults: [{ index: 1, message: 'The row is 2,000,000 bytes long', cause: 'The row is … bytes long' }],
};

function roundTrip(given: RowChunk): RowChunk {
  const decoded = decodeRowChunk(encodeRowChunk(given));
  return { ...decoded, rows: Uint8Array.from(decoded.rows) };
}

describe('a row chunk', () => {
  test('comes back as it was encoded', () => {
    expect(roundTrip(chunk)).toEqual({ ...chunk, rows: Uint8Array.from(rows) });
  });

  test('comes back without what it does not have', () => {
    const { previousSlice: _, ...first } = chunk;
    const { programId: _programId, ...params } = chunk.plan.params;
    const bare = {
      ...first,
      plan: buildPlan({
        type: 'deletions',
        format: 'jsonl',
        params: { ...params, segments: [], preserveEmptyAccounts: false, doNotTrack: false },
        acceptedAt: 0,
      }),
      ...{ slice: 0, partition: 0, sliceChunks: 1, rows: new Uint8Array(), lengths: [], recordNumbers: [], faults: [] },
    };
    const decoded = roundTrip(bare);
    expect(decoded).toEqual(bare);
    expect(decoded).not.toHaveProperty('previousSlice');
    expect(decoded.plan.params).not.toHaveProperty('programId');
  });

  test('tells the first slice from none before it', () => {
    expect(roundTrip({ ...chunk, previousSlice: 0 }).previousSlice).toBe(0);
  });

  test('comes back with megabytes of rows', () => {
    const large = Uint8Array.from({ length: 5_000_000 }, (_, i) => i % 251);
    const lengths = Array.from({ length: 50_000 }, () => 100);
    const decoded = decodeRowChunk(
      encodeRowChunk({ ...chunk, rows: large, lengths, recordNumbers: lengths.map((_, i) => i + 2), faults: [] }),
    );
    expect(Buffer.compare(decoded.rows, large)).toBe(0);
    expect(decoded.recordNumbers.at(-1)).toBe(50_001);
  });
});

describe('bytes that are no row chunk', () => {
  const good = encodeRowChunk(chunk);
  const message = RowChunkMessage.decode(good);
  const encode = (change: Partial<typeof message>) => RowChunkMessage.encode({ ...message, ...change }).finish();
  const plan = message.plan!;

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('accountId,id\na1,ann\n')],
    ['random bytes', Uint8Array.from({ length: 200 }, (_, i) => (i * 167 + 13) % 256)],
    ['a message cut short', good.subarray(0, good.length - 10)],
    ['a plan without a type', encode({ plan: { ...plan, type: 'TYPE_UNSPECIFIED' } })],
    ['a plan without a format', encode({ plan: { ...plan, format: 'FORMAT_UNSPECIFIED' } })],
    ['fewer bytes than the lengths say', encode({ rows: Buffer.from('a1') })],
    ['more bytes than the lengths say', encode({ rows: Buffer.concat([rows, rows]) })],
    ['fewer record numbers than rows', encode({ recordNumbers: [2, 3] })],
  ])('are refused: %s', (_, bytes) => {
    expect(() => decodeRowChunk(bytes)).toThrow();
  });
});
