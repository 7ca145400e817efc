import { compress, decompress } from './compression.ts';

/** A document may have 16 MB. */
const partBytes = 12 << 20;

/** Bytes, compressed, in parts, each of which a document has room for; at least one. */
export async function inParts(content: Uint8Array): Promise<readonly Uint8Array[]> {
  const bytes = await compress(content);
  const count = Math.max(1, Math.ceil(bytes.length / partBytes));
  return Array.from({ length: count }, (_, part) => bytes.subarray(part * partBytes, (part + 1) * partBytes));
}

/** What the parts were, given in their order. */
export const joined = (parts: readonly Uint8Array[]): Promise<Uint8Array> =>
  decompress(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
