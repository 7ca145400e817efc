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
 * Reads the cells of CSV records that lie in one block of bytes, at byte ranges a record scanner reported.
 *
 * Cells are text as written: nothing is trimmed, a doubled quote within quotes becomes one, invalid UTF-8 becomes U+FFFD. The block must
 * not change while the reader is in use, and not exceed the longest string Node allows (512 MB).
 *
 * Cells may share memory with the whole block's text, so one that is stored for long keeps all of it alive.
 */
export class CellReader {
  readonly #bytes: Buffer;
  /** The block with one character per byte, so that byte offsets are string offsets; the characters are right where the bytes are ASCII. */
  readonly #text: string;
  // What #endOfCell found out about the cell it passed.
  #from = 0;
  #to = 0;
  #doubledQuotes = false;
  #ascii = true;

  constructor(block: Uint8Array) {
    this.#bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    this.#text = this.#bytes.latin1Slice();
  }
}
