import type { ChangedParticipant } from './chunk-outcome.ts';

/** Numbers of `ParticipantEvent.Type`. */
const numberOf = { created: 1, updated: 2, deleted: 3 } as const;

const slabBytes = 1 << 16;
/** Besides ids and tenant: tags, lengths and numbers. */
const overheadBytes = 64;

/**
 * Encodes the `ParticipantEvent`s of one job, byte for byte as the generated code does, at a fraction of its cost: a job of a million rows has a million of
 * them. They are cut from larger buffers, which the garbage collector has less to do with than with one for each.
 */
export class ParticipantEventEncoder {
  readonly #jobId: string;
  /** The fields that all events of the job have, encoded: the tenant, the job, and the date. */
  readonly #tenant: Buffer;
  readonly #job: Buffer;
  readonly #date: Buffer;
  #slab = Buffer.allocUnsafe(0);
  #offset = 0;

  constructor(tenant: string, jobId: string, date: number) {
    this.#jobId = jobId;
    this.#tenant = textField(3, tenant);
    this.#job = textField(6, jobId);
    this.#date = numberField(8, date);
  }

  encode({ kind, accountId, id, recordNumber }: ChangedParticipant): Uint8Array {
    const eventId = `${this.#jobId}/${recordNumber}`;
    const most = overheadBytes + this.#tenant.length + this.#job.length + 3 * (eventId.length + accountId.length + id.length);
    if (this.#slab.length - this.#offset < most) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, most));
      this.#offset = 0;
    }
    const start = this.#offset;
    this.#text(1, eventId);
    this.#number(2, numberOf[kind]);
    this.#bytes(this.#tenant);
    this.#text(4, accountId);
    this.#text(5, id);
    this.#bytes(this.#job);
    if (recordNumber !== 0) this.#number(7, recordNumber);
    this.#bytes(this.#date);
    return this.#slab.subarray(start, this.#offset);
  }

  #text(field: number, text: string): void {
    if (text === '') return;
    this.#slab[this.#offset++] = (field << 3) | 2;
    // A length below 128 takes one byte; most texts are so short that it can be filled in afterwards.
    if (3 * text.length < 128) {
      const bytes = this.#slab.write(text, this.#offset + 1);
      this.#slab[this.#offset] = bytes;
      this.#offset += 1 + bytes;
      return;
    }
    this.#offset = writeVarint(this.#slab, this.#offset, Buffer.byteLength(text));
    this.#offset += this.#slab.write(text, this.#offset);
  }

  #number(field: number, value: number): void {
    this.#slab[this.#offset++] = field << 3;
    this.#offset = writeVarint(this.#slab, this.#offset, value);
  }

  #bytes(bytes: Buffer): void {
    this.#slab.set(bytes, this.#offset);
    this.#offset += bytes.length;
  }
}

function textField(field: number, text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(11);
  head[0] = (field << 3) | 2;
  return Buffer.concat([head.subarray(0, writeVarint(head, 1, bytes.length)), bytes]);
}

function numberField(field: number, value: number): Buffer {
  if (value === 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(11);
  bytes[0] = field << 3;
  return bytes.subarray(0, writeVarint(bytes, 1, value));
}

/** Of a number that is not negative; answers the offset after it. */
function writeVarint(buffer: Buffer, offset: number, value: number): number {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) buffer[offset++] = (rest % 128) | 128;
  buffer[offset] = rest;
  return offset + 1;
}
