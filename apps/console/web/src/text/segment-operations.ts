/** What is done with a segment for every row of a file. */
export interface SegmentOperation {
  readonly kind: 'add' | 'remove' | 'clear';
  /** Empty for `clear`. */
  readonly key: string;
}

/** As a job takes it: `key` adds, `~key` removes, `~*` clears. */
export function operationText({ kind, key }: SegmentOperation): string {
  switch (kind) {
    case 'add':
      return key;
    case 'remove':
      return `~${key}`;
    case 'clear':
      return '~*';
  }
}

/** Reads what `operationText` wrote. */
export function readOperation(text: string): SegmentOperation {
  if (text === '~*') return { kind: 'clear', key: '' };
  return text.startsWith('~') ? { kind: 'remove', key: text.slice(1) } : { kind: 'add', key: text };
}

/** For people. */
export function describeOperation({ kind, key }: SegmentOperation): string {
  switch (kind) {
    case 'add':
      return `Add to ${key}`;
    case 'remove':
      return `Remove from ${key}`;
    case 'clear':
      return 'Remove from all segments';
  }
}

/** Why a key cannot be one, as a sentence; undefined when it can. */
export function keyProblem(key: string): string | undefined {
  if (key === '') return 'Enter the key of a segment.';
  return /^[A-Za-z0-9_-]{1,64}$/.test(key) ? undefined : 'A segment key has 1 to 64 letters, digits, “_” or “-”.';
}
