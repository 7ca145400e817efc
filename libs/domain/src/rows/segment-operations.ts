import { badRequest, type Parsed } from '../row-error.ts';
import { wording } from '../wording.ts';
import { invalidField } from './field.ts';
import { shownName } from './text.ts';

const operationForm = /^(?:~\*|~?[A-Za-z0-9_-]{1,64})$/;

/** True for `key` (add), `~key` (remove) and `~*` (clear). */
export function isSegmentOperation(text: string): boolean {
  return operationForm.test(text);
}

/** Segment operations in the given order, or an error that names the first value that is none. */
export function parseSegmentOperations(value: unknown): Parsed<readonly string[]> {
  if (!Array.isArray(value)) return { error: invalidField('segments') };
  const operations: string[] = [];
  for (const operation of value as readonly unknown[]) {
    if (typeof operation !== 'string' || !isSegmentOperation(operation)) return { error: invalidOperation(operation) };
    operations.push(operation);
  }
  return { row: operations };
}

function invalidOperation(operation: unknown) {
  const shown = shownName(typeof operation === 'string' ? operation : (JSON.stringify(operation) ?? 'undefined'));
  return badRequest(wording`Invalid segment operation: '${shown}'; write a segment's key, '~' and a key, or '~*'`, 'segments');
}
