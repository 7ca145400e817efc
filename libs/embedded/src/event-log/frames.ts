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

/** The frames of a stream. A frame that the stream breaks off in the middle of is left out. */
export async function* readFrames(input: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let part = Buffer.allocUnsafe(prefixBytes);
  let filled = 0;
  let headerBytes: number | undefined;
  for await (const block of input) {
    for (let at = 0; at < block.length;) {
      const copied = block.copy(part, filled, at);
      at += copied;
      filled += copied;
      if (filled < part.length) continue;
      filled = 0;
      if (headerBytes === undefined) {
        headerBytes = part.readUInt32BE(0);
        part = Buffer.allocUnsafe(headerBytes + part.readUInt32BE(4));
      } else {
        yield { header: JSON.parse(part.toString('utf8', 0, headerBytes)), body: part.subarray(headerBytes) };
        headerBytes = undefined;
        part = Buffer.allocUnsafe(prefixBytes);
      }
    }
  }
}
