const quote = 0x22;
const comma = 0x2c;

/** Why a record cannot be split into cells. */
export interface MalformedRecord {
  /** `text-after-quote`: something other than a comma follows a closing quote. `unclosed-quote`: the record ends inside quotes. */
  readonly kind: 'text-after-quote' | 'unclosed-quote';
  /** Index of the cell at fault, 0 for the first. */
  readonly column: number;
  /** Byte offset within the record: of the first byte after the closing quote, or of the quote that is not closed. */
  readonly offset: number;
}

/**
 * Reads the cells of CSV records that lie in one block of bytes, each at a range [start, end) that a record scanner found.
 *
 * Cells are text as written: nothing is trimmed, a doubled quote within quotes becomes one, invalid UTF-8 becomes U+FFFD. The block must
 * not change while the reader is in use, and not exceed the longest string Node allows (512 MB).
 *
 * Cells may share the memory of the whole block's text: one that is kept for long keeps all of it alive.
 */
export class CellReader {
  readonly #bytes: Buffer;
  /** One character per byte, so that byte offsets are string offsets; the characters are right where the bytes are ASCII. */
  readonly #text: string;
  // The cell that #passCell went over last.
  #from = 0;
  #to = 0;
  #ascii = true;
  #hasDoubledQuote = false;

  constructor(block: Uint8Array) {
    this.#bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    this.#text = this.#bytes.toString('latin1');
  }

  /** All cells of a record, at least one; or the first fault in it. */
  cells(start: number, end: number): string[] | MalformedRecord {
    const cells: string[] = [];
    let next = start - 1;
    do {
      next = this.#passCell(next + 1, end);
      if (this.#isFault(next, end)) return this.#faultAt(next, cells.length, start);
      cells.push(this.#passedCell());
    } while (next < end);
    return cells;
  }

  /** The cell at index `column`, undefined if the record has fewer; or the first fault up to there. Cells before it are passed over unread. */
  cell(start: number, end: number, column: number): string | MalformedRecord | undefined {
    let next = start - 1;
    for (let index = 0; next < end; index++) {
      next = this.#passCell(next + 1, end);
      if (this.#isFault(next, end)) return this.#faultAt(next, index, start);
      if (index === column) return this.#passedCell();
    }
    return undefined;
  }

  /** Returns where the cell ends that begins at `at`: at the next comma, at `end`, at text after a closing quote; -1 if in quotes. */
  #passCell(at: number, end: number): number {
    const bytes = this.#bytes;
    let i = at;
    let byte = 0;
    let allBits = 0;
    this.#hasDoubledQuote = false;
    if (i < end && bytes[i] === quote) {
      this.#from = ++i;
      for (;;) {
        while (i < end && (byte = bytes[i]!) !== quote) {
          allBits |= byte;
          i++;
        }
        if (i === end) return -1;
        if (i + 1 === end || bytes[i + 1] !== quote) break;
        this.#hasDoubledQuote = true;
        i += 2;
      }
      this.#to = i++;
    } else {
      this.#from = i;
      while (i < end && (byte = bytes[i]!) !== comma) {
        allBits |= byte;
        i++;
      }
      this.#to = i;
    }
    this.#ascii = allBits < 0x80;
    return i;
  }

  #passedCell(): string {
    const text = this.#ascii ? this.#text.slice(this.#from, this.#to) : this.#bytes.toString('utf8', this.#from, this.#to);
    return this.#hasDoubledQuote ? text.replaceAll('""', '"') : text;
  }

  #isFault(next: number, end: number): boolean {
    return next < 0 || (next < end && this.#bytes[next] !== comma);
  }

  #faultAt(next: number, column: number, start: number): MalformedRecord {
    return next < 0
      ? { kind: 'unclosed-quote', column, offset: this.#from - 1 - start }
      : { kind: 'text-after-quote', column, offset: next - start };
  }
}
