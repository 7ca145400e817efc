/** A document may have 16 MB. */
const partBytes = 12 << 20;

/** Bytes in parts, each of which a document has room for; at least one. */
export function inParts(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / partBytes));
  return Array.from({ length: count }, (_, part) => bytes.subarray(part * partBytes, (part + 1) * partBytes));
}

/** What the parts were, given in their order. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array => (parts.length === 1 ? parts[0]! : Buffer.concat(parts));
