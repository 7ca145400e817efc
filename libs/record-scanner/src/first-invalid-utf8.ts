import { isUtf8 } from 'node:buffer';

/** Offset of the first byte that is not part of a valid UTF-8 sequence, -1 if all are. A sequence cut off by the end is invalid. */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  if (isUtf8(bytes)) return -1;
  let at = 0;
  for (let length = 1; length > 0; at += length) length = validSequenceLength(bytes, at);
  return at;
}

/** Bytes in the valid sequence that begins at `at`; 0 if none does. */
function validSequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0xff;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    // The second byte's range is narrower where the wide one would allow overlong forms, surrogates or what is above U+10FFFF.
    const lowest = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const highest = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (byte < lowest || byte > highest) return 0;
  }
  return length;
}
