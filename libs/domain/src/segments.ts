/** Applies segment operations in order: `key` adds, `~key` removes, `~*` clears. Answers the sorted keys, or the same array when nothing changed. */
export function applySegmentOperations(before: readonly string[], operations: readonly string[]): readonly string[] {
  if (operations.length === 0) return before;
  const keys = new Set(before);
  for (const operation of operations) {
    if (operation === '~*') keys.clear();
    else if (operation.startsWith('~')) keys.delete(operation.slice(1));
    else keys.add(operation);
  }
  if (keys.size === before.length && before.every((key) => keys.has(key))) return before;
  return [...keys].sort();
}

/** The first operation that names a segment which does not exist, if any. */
export function unknownSegment(operations: readonly string[], known: ReadonlySet<string>): string | undefined {
  return operations.map((operation) => operation.replace(/^~/, '')).find((key) => key !== '*' && !known.has(key));
}
