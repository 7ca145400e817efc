import type { Parsed } from '../row-error.ts';
import { classicUserFields, type UserDraft, userFields } from './user-fields.ts';
import type { ObjectColumn } from './object-columns.ts';
import { columnsOfObject } from './object-columns.ts';
import { parseObject, unknownKeys } from './object-parser.ts';
import type { RowRules } from './row-rules.ts';
import type { UserUpsert } from './row-types.ts';

const knownKeys: ReadonlySet<string> = new Set(['accountId', 'id', ...userFields.map((field) => field.name), ...classicUserFields]);

/**
 * Reads one line of a JSONL file with users, after `JSON.parse`. Of several errors it reports the first in the fields' order.
 * The row may share its custom fields with the value.
 */
export function parseUserObject(value: unknown, rules: RowRules): Parsed<UserUpsert> {
  return parseObject<UserDraft>(value, userFields, rules);
}

/** The fields of one line of a JSONL file with users, and what they mean. */
export const userObjectColumns = (value: unknown): readonly ObjectColumn[] => columnsOfObject(value, userFields, classicUserFields);

/** The keys of a line that mean nothing and are ignored, dotted ones among them. */
export function unknownUserKeys(value: unknown): string[] {
  return unknownKeys(value, knownKeys);
}
