import type { Message } from 'kafkajs';
import { createRequire } from 'node:module';

/**
 * Replaces two parts of the driver that make many small messages dear, as participant events are: for each message it fills two buffers of half a kilobyte with
 * zeros, and copies the list of all messages before it. Has to be imported before the driver.
 */
const require = createRequire(import.meta.url);

function replaceModule(path: string, replacement: unknown): void {
  require(path);
  require.cache[require.resolve(path)]!.exports = replacement;
}

export interface DriverRecord extends Pick<Message, 'key' | 'value' | 'headers'> {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
}

/** A record of a batch of version 2, as https://kafka.apache.org/documentation/#record lays it out; `buf` is what the driver knows its own encoders by. */
export function encodeRecord(record: DriverRecord): { readonly buf: Buffer; readonly buffer: Buffer } {
  const { offsetDelta, timestampDelta } = record;
  const key = bytesOf(record.key);
  const value = bytesOf(record.value);
  const headers = headerFields(record.headers);
  const headerCount = headers.length / 2;
  const attributes = 1;
  let size = attributes + sizeOf(timestampDelta) + sizeOf(offsetDelta) + fieldSize(key) + fieldSize(value) + sizeOf(headerCount);
  for (const field of headers) size += fieldSize(field);

  const buffer = allocate(sizeOf(size) + size);
  let offset = writeNumber(buffer, 0, size);
  buffer[offset] = 0;
  offset = writeNumber(buffer, offset + attributes, timestampDelta);
  offset = writeNumber(buffer, offset, offsetDelta);
  offset = writeField(buffer, offset, key);
  offset = writeField(buffer, offset, value);
  offset = writeNumber(buffer, offset, headerCount);
  for (const field of headers) offset = writeField(buffer, offset, field);
  return { buf: buffer, buffer };
}

type Bytes = Uint8Array | undefined;

function bytesOf(value: string | Uint8Array | null | undefined): Bytes {
  if (typeof value === 'string') return Buffer.from(value);
  return value ?? undefined;
}

/** Names and values in turn. */
function headerFields(headers: Message['headers'] = {}): Bytes[] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap((value) => [bytesOf(name), bytesOf(value)]));
}

/** Records are cut from slabs, and larger ones allocated on their own: the garbage collector has less to do then. */
const slabBytes = 1 << 17;
const longestInSlab = 1 << 13;
let slab = Buffer.alloc(0);

function allocate(bytes: number): Buffer {
  if (bytes > longestInSlab) return Buffer.allocUnsafe(bytes);
  if (slab.length < bytes) slab = Buffer.allocUnsafeSlow(slabBytes);
  const allocated = slab.subarray(0, bytes);
  slab = slab.subarray(bytes);
  return allocated;
}

/** Small negative numbers get small positive ones. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/** Of a number of variable length. */
function sizeOf(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

function writeNumber(buffer: Buffer, offset: number, value: number): number {
  let rest = zigzag(value);
  for (; rest >= 128; rest = Math.floor(rest / 128)) buffer[offset++] = (rest % 128) | 128;
  buffer[offset] = rest;
  return offset + 1;
}

const fieldSize = (bytes: Bytes): number => (bytes === undefined ? sizeOf(-1) : sizeOf(bytes.length) + bytes.length);

function writeField(buffer: Buffer, offset: number, bytes: Bytes): number {
  if (bytes === undefined) return writeNumber(buffer, offset, -1);
  const start = writeNumber(buffer, offset, bytes.length);
  buffer.set(bytes, start);
  return start + bytes.length;
}

interface Grouping {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly Message[];
  readonly partitioner: (placed: Omit<Grouping, 'messages' | 'partitioner'> & { readonly message: Message }) => number;
}

/** The messages of each partition, in order. */
function groupByPartition({ messages, partitioner, ...place }: Grouping): Record<string, Message[]> {
  if (place.partitionMetadata.length === 0) return {};
  return Object.fromEntries(Map.groupBy(messages, (message) => partitioner({ ...place, message })));
}

replaceModule('kafkajs/src/protocol/recordBatch/record/v0/index.js', encodeRecord);
replaceModule('kafkajs/src/producer/groupMessagesPerPartition.js', groupByPartition);
