/** Where a record begins; a scanner started here finds the same records as one that read everything before it. */
export interface RecordPosition {
  /** Absolute byte offset of the record's first byte. */
  readonly offset: number;
  readonly recordNumber: number;
  /** Physical line, 1-based, in which the record begins. */
  readonly line: number;
}

/** Bits of {@link RecordList.flags}. */
export const RecordFlag = {
  /** The input ended inside a quoted cell; only the last record of an input can have it. */
  unclosedQuote: 1,
  /** CSV only: a quote character occurs somewhere in the record, be it as quoting or as text. */
  hasQuote: 2,
  /** A NUL byte occurs somewhere in the record. */
  hasNul: 4,
} as const;

/**
 * Records in file order, one per index below `count`, as parallel arrays.
 *
 * The arrays are replaced when they grow: read them from the list after a push, do not keep them across pushes.
 */
export class RecordList {
  count = 0;
  recordNumbers: Float64Array;
  lines: Float64Array;
  /** Absolute byte offsets. */
  offsets: Float64Array;
  /** Byte lengths without the line end. */
  lengths: Float64Array;
  /** {@link RecordFlag} bits. */
  flags: Uint8Array;

  constructor(capacity = 1024) {
    this.recordNumbers = new Float64Array(capacity);
    this.lines = new Float64Array(capacity);
    this.offsets = new Float64Array(capacity);
    this.lengths = new Float64Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  append(recordNumber: number, line: number, offset: number, length: number, flags: number): void {
    const index = this.count;
    if (index === this.flags.length) this.#grow();
    this.recordNumbers[index] = recordNumber;
    this.lines[index] = line;
    this.offsets[index] = offset;
    this.lengths[index] = length;
    this.flags[index] = flags;
    this.count = index + 1;
  }

  /** Where the record at `index` begins. */
  positionAt(index: number): RecordPosition {
    if (index < 0 || index >= this.count) throw new RangeError(`No record at index ${index} of ${this.count}.`);
    return { offset: this.offsets[index]!, recordNumber: this.recordNumbers[index]!, line: this.lines[index]! };
  }

  /** Forgets the records and keeps the arrays for the next ones. */
  clear(): void {
    this.count = 0;
  }

  #grow(): void {
    const capacity = Math.max(16, this.flags.length * 2);
    this.recordNumbers = enlarged(this.recordNumbers, new Float64Array(capacity));
    this.lines = enlarged(this.lines, new Float64Array(capacity));
    this.offsets = enlarged(this.offsets, new Float64Array(capacity));
    this.lengths = enlarged(this.lengths, new Float64Array(capacity));
    this.flags = enlarged(this.flags, new Uint8Array(capacity));
  }
}

function enlarged<T extends Float64Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
