/**
 * Transcodes a whole UTF-16 file, block by block, to UTF-8 without a byte order mark.
 *
 * The blocks may be cut anywhere. Unpaired surrogates and an odd last byte become U+FFFD, so what it yields is always valid UTF-8.
 */
export async function* utf16ToUtf8(
  blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding: 'utf-16le' | 'utf-16be',
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  for await (const block of blocks) {
    const text = decoder.decode(block, { stream: true });
    if (text !== '') yield Buffer.from(text);
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}
