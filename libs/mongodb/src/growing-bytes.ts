/** A unit of a text has three bytes at most. */
const maxUnitBytes = 3;

/** Bytes that are written one after the other, into one buffer as large as they need. */
export class GrowingBytes {
  #buffer: Buffer;
  #length = 0;

  constructor(expected: number) {
    this.#buffer = Buffer.allocUnsafeSlow(expected);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written; valid until more is. */
  get written(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Forgets what was written after so many bytes. */
  cut(length: number): void {
    this.#length = length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** A text in UTF-8; answers its bytes. */
  text(value: string): number {
    this.#reserve(maxUnitBytes * value.length);
    const bytes = this.#buffer.write(value, this.#length);
    this.#length += bytes;
    return bytes;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeInt32LE(value, this.#length);
  }

  /** Puts a number in place of what was written at an offset. */
  setInt32(value: number, offset: number): void {
    this.#buffer.writeInt32LE(value, offset);
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigInt64LE(value, this.#length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
