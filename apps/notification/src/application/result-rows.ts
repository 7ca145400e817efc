import { readChunkOutcome } from '@advocate/messages';
import type { NumberedOutcome } from '@advocate/messages';

/** The rows of a slice in input order, merged from its chunks; each is read when it is reached. */
export function* rowsInOrder(chunks: readonly Uint8Array[]): Generator<NumberedOutcome> {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) {
    yield* readChunkOutcome(only);
    return;
  }
  const heads = chunks.map((chunk) => {
    const rows = readChunkOutcome(chunk);
    return { rows, next: rows.next() };
  });
  for (;;) {
    let first: { readonly head: (typeof heads)[number]; readonly row: NumberedOutcome } | undefined;
    for (const head of heads) {
      if (head.next.done) continue;
      const row = head.next.value;
      if (first === undefined || row.recordNumber < first.row.recordNumber) first = { head, row };
    }
    if (first === undefined) return;
    first.head.next = first.head.rows.next();
    yield first.row;
  }
}
