import { RecordFlag, type RecordList, type RecordPosition } from './record-list.ts';

export type RecordFormat = 'csv' | 'jsonl';

const tab = 0x09;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Nothing but spaces and tabs since the line began, so it may yet turn out blank. */
const lineStart = 0;
const unquoted = 1;
const quoted = 2;

/**
 * Finds the records in a stream of byte blocks.
 *
 * The result depends on the bytes alone, not on where the blocks are cut. No content is kept between blocks: a record may be of any
 * length. A UTF-8 byte order mark at offset 0 belongs to no record.
 *
 * CSV follows RFC 4180 leniently: a record ends at CR, LF or CRLF outside quotes; a quote opens a quoted cell only as the cell's first
 * byte and is text anywhere else; what follows a closing quote is text up to the next comma or line end. JSON Lines ends a record at
 * every CR, LF or CRLF.
 *
 * A line of nothing but spaces and tabs is no record, but takes a record number. In JSON Lines the number is therefore the physical
 * line; in CSV it is the spreadsheet's row, counted from the first line with content, so that the header is always 1.
 */
export class RecordScanner {
  readonly #csv: boolean;
  #state: number = lineStart;
  #bytesSeen: number;
  #lastByte = 0;
  /** The last byte closed a quoted cell, so a quote that comes next is the second of a doubled one. */
  #justClosed = false;
  #byteOrderMarkSeen = 0;
  #line: number;
  #quoteLine = 0;
  #recordNumber: number;
  #recordLine: number;
  #recordOffset: number;
  #recordFlags = 0;

  constructor(format: RecordFormat, start: RecordPosition = { offset: 0, recordNumber: 1, line: 1 }) {
    this.#csv = format === 'csv';
    this.#bytesSeen = start.offset;
    this.#line = start.line;
    this.#recordNumber = start.recordNumber;
    this.#recordLine = start.line;
    this.#recordOffset = start.offset;
  }

  /** Offset of the first byte that is in no record, blank line or line end reported so far; a caller need keep no byte before it. */
  get openRecordOffset(): number {
    return this.#recordOffset;
  }

  /** The line in which the quoted cell opened that the bytes so far end in, before and after {@link end}; undefined outside quotes. */
  get openQuoteLine(): number | undefined {
    return this.#state === quoted ? this.#quoteLine : undefined;
  }

  /** Scans the bytes that follow those pushed before and appends the records that end in them. The block is not kept. */
  push(block: Uint8Array, records: RecordList): void {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    const size = bytes.length;
    if (size === 0) return;
    const csv = this.#csv;
    // Bytes above this one never matter in unquoted text, and they are nearly all there are.
    const highestSpecial = csv ? quote : cr;
    const base = this.#bytesSeen;
    const lastByte = this.#lastByte;
    let state = this.#state;
    let line = this.#line;
    let quoteLine = this.#quoteLine;
    let recordNumber = this.#recordNumber;
    let recordLine = this.#recordLine;
    let flags = this.#recordFlags;
    // Indexes into the block; a record that began in an earlier block has a negative start.
    let start = this.#recordOffset - base;
    let closedAt = this.#justClosed ? 0 : -1;
    let nul = nextNul(bytes, 0);
    let i = 0;

    // The first bytes of a mark are text until the third one completes it.
    while (i < size && this.#byteOrderMarkSeen === base + i && bytes[i] === byteOrderMark[base + i]) {
      i++;
      this.#byteOrderMarkSeen++;
      state = unquoted;
      if (this.#byteOrderMarkSeen === byteOrderMark.length) {
        state = lineStart;
        start = i;
      }
    }

    while (i < size) {
      if (state === unquoted) {
        while (i < size && bytes[i]! > highestSpecial) i++;
        if (i === size) break;
        const byte = bytes[i]!;
        if (byte === lf || byte === cr) {
          if (nul < i) {
            flags |= RecordFlag.hasNul;
            nul = nextNul(bytes, i);
          }
          records.append(recordNumber, recordLine, base + start, i - start, flags);
          recordNumber++;
          recordLine = ++line;
          flags = 0;
          start = i + 1;
          state = lineStart;
        } else if (byte === quote) {
          flags |= RecordFlag.hasQuote;
          if (i === closedAt) {
            state = quoted;
          } else if (i === start || (i > 0 ? bytes[i - 1] : lastByte) === comma) {
            state = quoted;
            quoteLine = line;
          }
        }
        i++;
      } else if (state === quoted) {
        while (i < size && bytes[i]! > quote) i++;
        if (i === size) break;
        const byte = bytes[i]!;
        if (byte === quote) {
          state = unquoted;
          closedAt = i + 1;
        } else if (byte === cr || (byte === lf && (i > 0 ? bytes[i - 1] : lastByte) !== cr)) {
          line++;
        }
        i++;
      } else {
        const byte = bytes[i]!;
        if (byte === space || byte === tab) {
          i++;
        } else if (byte === lf || byte === cr) {
          const endsCrlf = byte === lf && (i > 0 ? bytes[i - 1] : lastByte) === cr;
          if (!endsCrlf) {
            recordLine = ++line;
            if (!csv || recordNumber > 1) recordNumber++;
          }
          i++;
          start = i;
        } else {
          state = unquoted;
        }
      }
    }

    if (nul < size) flags |= RecordFlag.hasNul;
    this.#state = state;
    this.#bytesSeen = base + size;
    this.#lastByte = bytes[size - 1]!;
    this.#justClosed = closedAt === size;
    this.#line = line;
    this.#quoteLine = quoteLine;
    this.#recordNumber = recordNumber;
    this.#recordLine = recordLine;
    this.#recordOffset = base + start;
    this.#recordFlags = flags;
  }

  /** Appends the record that has no line end, if the input ends in one. To be called once, after the last push. */
  end(records: RecordList): void {
    if (this.#state !== lineStart) {
      const flags = this.#recordFlags | (this.#state === quoted ? RecordFlag.unclosedQuote : 0);
      records.append(this.#recordNumber, this.#recordLine, this.#recordOffset, this.#bytesSeen - this.#recordOffset, flags);
    }
    this.#recordOffset = this.#bytesSeen;
  }
}

/** Index of the first NUL at or after `from`; past every index if there is none. */
function nextNul(bytes: Buffer, from: number): number {
  const index = bytes.indexOf(0, from);
  return index < 0 ? Infinity : index;
}
