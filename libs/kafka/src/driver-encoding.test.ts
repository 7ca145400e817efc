import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { type DriverRecord, encodeRecord } from './driver-encoding.ts';
import './index.ts';

const require = createRequire(import.meta.url);
const recordPath = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';

/** A module of the driver as it is without us. */
function original(path: string): unknown {
  const id = require.resolve(path);
  const replaced = require.cache[id];
  Reflect.deleteProperty(require.cache, id);
  const module: unknown = require(path);
  require.cache[id] = replaced;
  return module;
}
const originalEncode = original(recordPath) as typeof encodeRecord;

const record = (some: Partial<DriverRecord>): DriverRecord => ({
  offsetDelta: 0,
  timestampDelta: 0,
  key: 'key',
  value: Buffer.from('value'),
  ...some,
});

describe('a record', () => {
  test.each<[string, DriverRecord]>([
    ['plain', record({})],
    ['without key and value', record({ key: null, value: null })],
    ['with an empty key and value', record({ key: '', value: Buffer.alloc(0) })],
    ['with a key of many bytes', record({ key: 'ü🎉'.repeat(40), value: Buffer.alloc(63, 1) })],
    ['with a value of 64 bytes', record({ value: Buffer.alloc(64, 1) })],
    ['with a large value', record({ value: Buffer.alloc(100_000, 1) })],
    ['late in its batch', record({ offsetDelta: 2 ** 31 - 1, timestampDelta: 2 ** 40 })],
    ['earlier than its batch', record({ timestampDelta: -300 })],
    ['with headers that stay', record({ headers: Object.freeze({ 'advocate-version': '1' }) })],
    ['with headers', record({ headers: { 'advocate-version': '1', bytes: Buffer.from([0, 255]), twice: ['a', Buffer.from('b')] } })],
  ])('%s is encoded as the driver does', (_, some) => {
    expect(encodeRecord(some).buffer.equals(originalEncode(some).buffer)).toBe(true);
  });

  test('keeps its bytes when others are encoded after it', () => {
    const records = Array.from({ length: 5_000 }, (_, index) => encodeRecord(record({ offsetDelta: index })).buffer);
    expect(records.every((bytes, index) => bytes.equals(originalEncode(record({ offsetDelta: index })).buffer))).toBe(true);
  });
});

test('the driver encodes and groups by what replaced its own', () => {
  expect(require(recordPath)).toBe(encodeRecord);
  type Group = (grouping: object) => unknown;
  const path = 'kafkajs/src/producer/groupMessagesPerPartition.js';
  const messages = [3, 1, 3, 0, 1].map((partition, index) => ({ partition, value: String(index) }));
  const grouping = {
    topic: 't',
    partitionMetadata: [{}],
    messages,
    partitioner: ({ message }: { message: { partition: number } }) => message.partition,
  };
  expect((require(path) as Group)(grouping)).toEqual((original(path) as Group)(grouping));
  expect(require(path)).not.toBe(original(path));
});
