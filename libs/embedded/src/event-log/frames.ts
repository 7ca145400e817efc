import type { Writable } from 'node:stream';

/** A small JSON header and raw bytes. On the wire, their lengths go first, as two 32-bit integers. */
export interface Frame {
  readonly header: unknown;
  readonly body: Buffer;
}

const prefixBytes = 8;

/** Writes a frame whose body is the given parts, one after the other; they are not copied. */
export function writeFrame(output: Writable, header: unknown, parts: readonly Uint8Array[]): void {
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.allocUnsafe(prefixBytes);
  prefix.writeUInt32BE(json.length, 0);
  prefix.writeUInt32BE(
    parts.reduce((bytes, part) => bytes + part.byteLength, 0),
    4,
  );
  output.cork();
  for (const part of [prefix, json, ...parts]) output.write(part);
  output.uncork();
}

/** The frames of a stream; a body has memory of its own unless it is small. A frame that the stream breaks off in the middle of is left out. */
export async function* readFrames(input: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let part = Buffer.allocUnsafe(prefixBytes);
  let filled = 0;
  /** The parts of the frame that are whole: its prefix, then its header. */
  let whole: readonly Buffer[] = [];
  for await (const block of input) {
    for (let at = 0; at < block.length || filled === part.length;) {
      const copied = block.copy(part, filled, at);
      at += copied;
      filled += copied;
      if (filled < part.length) continue;
      filled = 0;
      const [prefix = part, header] = whole;
      if (header === undefined) {
        whole = [...whole, part];
        part = Buffer.allocUnsafe(prefix.readUInt32BE(whole.length === 1 ? 0 : 4));
      } else {
        yield { header: JSON.parse(header.toString()), body: part };
        whole = [];
        part = Buffer.allocUnsafe(prefixBytes);
      }
    }
  }
}
