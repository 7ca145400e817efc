/** Room of a block, unless a single line needs more. */
const blockBytes = 256 * 1024;
/** The most that one unit of a string takes in UTF-8. */
const maxUnitBytes = 3;
const newline = 0x0a;

/**
 * A line of text for each of a chunk's rows, or none, set in any order and read in the rows' order. The lines are kept as UTF-8 in blocks: strings by the
 * ten thousand would have to be carried along by the garbage collector.
 */
export class RowLines {
  readonly #blocks: Buffer[] = [];
  /** Bytes of the last block that are taken. */
  #used = 0;
  readonly #blockOf: Uint32Array;
  readonly #startOf: Uint32Array;
  /** With the line end; 0 for a row that has no line. */
  readonly #lengthOf: Uint32Array;

  constructor(rows: number) {
    this.#blockOf = new Uint32Array(rows);
    this.#startOf = new Uint32Array(rows);
    this.#lengthOf = new Uint32Array(rows);
  }

  /** Sets a row's line, in place of one that was set before. */
  set(row: number, text: string): void {
    const block = this.#blockWithRoom(text.length * maxUnitBytes + 1);
    const start = this.#used;
    const end = start + block.write(text, start) + 1;
    block[end - 1] = newline;
    const earlier = this.#blocks[this.#blockOf[row] ?? 0];
    if (end - start === this.#lengthOf[row] && earlier !== undefined) {
      // As a rule a row that is set again says the same: however often, that takes no more room.
      block.copy(earlier, this.#startOf[row], start, end);
      return;
    }
    this.#blockOf[row] = this.#blocks.length - 1;
    this.#startOf[row] = start;
    this.#lengthOf[row] = end - start;
    this.#used = end;
  }

  /** Leaves a row without a line. */
  remove(row: number): void {
    this.#lengthOf[row] = 0;
  }

  #blockWithRoom(bytes: number): Buffer {
    const last = this.#blocks.at(-1);
    if (last !== undefined && this.#used + bytes <= last.length) return last;
    const block = Buffer.allocUnsafe(Math.max(blockBytes, bytes));
    this.#blocks.push(block);
    this.#used = 0;
    return block;
  }

  /** All lines in the rows' order, each with its line end, some at a time. What it yields is valid until the next is asked for. */
  *blocks(): Generator<Buffer> {
    const gathered = Buffer.allocUnsafe(blockBytes);
    let used = 0;
    for (let row = 0; row < this.#lengthOf.length; row += 1) {
      const length = this.#lengthOf[row] ?? 0;
      const start = this.#startOf[row] ?? 0;
      const block = this.#blocks[this.#blockOf[row] ?? 0];
      if (length === 0 || block === undefined) continue;
      if (used + length > blockBytes) {
        if (used > 0) yield gathered.subarray(0, used);
        used = 0;
      }
      if (length > blockBytes) yield block.subarray(start, start + length);
      else used += block.copy(gathered, used, start, start + length);
    }
    if (used > 0) yield gathered.subarray(0, used);
  }
}
