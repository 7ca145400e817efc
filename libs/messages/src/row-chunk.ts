import { RowChunkMessage } from '@advocate/contracts';
import type { ImportPlan } from '@advocate/domain';
import { planFromMessage, planToMessage } from './plan.ts';

/** The rows of one slice whose accounts hash to one partition, in file order. */
export interface RowChunk {
  readonly plan: ImportPlan;
  readonly slice: number;
  readonly partition: number;
  /** How many chunks the slice has. */
  readonly sliceChunks: number;
  /** The job's last slice before this one with rows of this partition. */
  readonly previousSlice?: number;
  /** The records' bytes one after the other, UTF-8, without line ends. */
  readonly rows: Uint8Array;
  readonly lengths: readonly number[];
  readonly recordNumbers: readonly number[];
  /** Records that could not be passed on; they have no bytes. */
  readonly faults: readonly RowFault[];
}

export interface RowFault {
  /** Index in the chunk. */
  readonly index: number;
  readonly message: string;
  /** The message with "…" in place of the row's own values; may be empty, then the message has none. */
  readonly cause: string;
}

const noBytes = Buffer.alloc(0);
/** Field 6, length-delimited. */
const rowsTag = (6 << 3) | 2;

export function encodeRowChunk(chunk: RowChunk): Uint8Array {
  // A message's fields may come in any order: with the rows last, their bytes are copied once.
  const head = RowChunkMessage.encode({
    plan: planToMessage(chunk.plan),
    slice: chunk.slice,
    partition: chunk.partition,
    sliceChunks: chunk.sliceChunks,
    previousSlice: chunk.previousSlice,
    rows: noBytes,
    lengths: chunk.lengths as number[],
    recordNumbers: chunk.recordNumbers as number[],
    faults: chunk.faults as RowFault[],
  });
  return Buffer.concat([head.uint32(rowsTag).uint32(chunk.rows.length).finish(), chunk.rows]);
}

/** Throws when the bytes are no row chunk. */
export function decodeRowChunk(bytes: Uint8Array): RowChunk {
  const { plan, previousSlice, ...rest } = RowChunkMessage.decode(bytes);
  if (plan === undefined) throw new TypeError('A row chunk has no plan');
  const { rows, lengths, recordNumbers } = rest;
  if (lengths.length !== recordNumbers.length) throw new TypeError('A row chunk has not as many rows as record numbers');
  if (lengths.reduce((sum, length) => sum + length, 0) !== rows.length)
    throw new TypeError('The rows of a row chunk have not the lengths that it says');
  return { ...rest, plan: planFromMessage(plan), ...(previousSlice === undefined ? {} : { previousSlice }) };
}
