const lf = 0x0a;
const cr = 0x0d;

/** Where a record is in its file: offsets of its first byte, and of the first after it, which is that of its line end. */
export interface RecordRange {
  readonly start: number;
  readonly end: number;
}

/** Takes records out of a file's blocks, each with the line end that it has, CR, LF or CRLF. Nothing is kept between blocks. */
export class RecordCopier {
  readonly #ranges: readonly RecordRange[];
  /** Of the next block. */
  #offset: number;
  /** Of the range that is being taken. */
  #index = 0;
  /** Whether its line end has begun with CR. */
  #hasCr = false;

  /**
   * @param ranges in file order
   * @param offset where in the file the first block begins
   */
  constructor(ranges: readonly RecordRange[], offset: number) {
    this.#ranges = ranges;
    this.#offset = offset;
  }

  /** What the next block has of the records, copied out of it. */
  take(block: Uint8Array): Buffer {
    const taken: Uint8Array[] = [];
    for (let at = 0; at < block.length;) {
      const range = this.#ranges[this.#index];
      if (range === undefined) break;
      const start = range.start - this.#offset;
      const end = range.end - this.#offset;
      if (at < start) {
        at = start;
      } else if (at < end) {
        taken.push(block.subarray(at, end));
        at = Math.min(end, block.length);
      } else if (block[at] === lf || (block[at] === cr && !this.#hasCr)) {
        taken.push(block.subarray(at, at + 1));
        if (block[at] === lf) this.#next();
        else this.#hasCr = true;
        at += 1;
      } else {
        this.#next();
      }
    }
    this.#offset += block.length;
    return Buffer.concat(taken);
  }

  #next(): void {
    this.#index += 1;
    this.#hasCr = false;
  }
}
