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
export function encodeRecord({ offsetDelta, timestampDelta, key, value, headers }: DriverRecord): {
  readonly buf: Buffer;
  readonly buffer: Buffer;
} {
  const attributes = 1;
  const keyBytes = bytesIn(key);
  const valueBytes = bytesIn(value);
  const encodedHeaders = encodeHeaders(headers);
  const size =
    attributes + sizeOf(timestampDelta) + sizeOf(offsetDelta) + fieldSize(keyBytes) + fieldSize(valueBytes) + encodedHeaders.length;

  const buffer = allocate(sizeOf(size) + size);
  let offset = writeNumber(buffer, 0, size);
  buffer[offset] = 0;
  offset = writeNumber(buffer, offset + attributes, timestampDelta);
  offset = writeNumber(buffer, offset, offsetDelta);
  offset = writeField(buffer, offset, key, keyBytes);
  offset = writeField(buffer, offset, value, valueBytes);
  buffer.set(encodedHeaders, offset);
  return { buf: buffer, buffer };
}

type Field = string | Uint8Array | null | undefined;

/** Headers that cannot change are those of many messages. */
const headersOfMany = new WeakMap<object, Buffer>();

function encodeHeaders(headers: Message['headers'] = {}): Buffer {
  const known = headersOfMany.get(headers);
  if (known !== undefined) return known;
  const fields = Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value]));
  const count = fields.length / 2;
  const encoded = Buffer.alloc(sizeOf(count) + fields.reduce((size: number, field) => size + fieldSize(bytesIn(field)), 0));
  let offset = writeNumber(encoded, 0, count);
  for (const field of fields) offset = writeField(encoded, offset, field, bytesIn(field));
  if (Object.isFrozen(headers)) headersOfMany.set(headers, encoded);
  return encoded;
}

/** Records are cut from slabs, and larger ones allocated on their own: the garbage collector has less to do then. */
const slabBytes = 1 << 17;
const longestInSlab = 1 << 13;
let slab = Buffer.alloc(0);
let slabUsed = 0;

function allocate(bytes: number): Buffer {
  if (bytes > longestInSlab) return Buffer.allocUnsafe(bytes);
  if (slab.length - slabUsed < bytes) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    slabUsed = 0;
  }
  return slab.subarray(slabUsed, (slabUsed += bytes));
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

/** Of a field as it is sent; -1 where there is none. */
const bytesIn = (field: Field): number => (field == null ? -1 : typeof field === 'string' ? Buffer.byteLength(field) : field.length);

const fieldSize = (bytes: number): number => sizeOf(bytes) + Math.max(0, bytes);

function writeField(buffer: Buffer, offset: number, field: Field, bytes: number): number {
  const start = writeNumber(buffer, offset, bytes);
  if (field == null) return start;
  if (typeof field === 'string') buffer.write(field, start);
  else buffer.set(field, start);
  return start + bytes;
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
