import type { UserKey } from '../account.ts';
import { badRequest, type Parsed } from '../row-error.ts';
import { type Field, isJsonObject } from './field.ts';
import type { RowRules } from './row-rules.ts';
import { keyPartError } from './user-key.ts';

const notAnObject = badRequest('The line is not a JSON object');

/** Reads a row from a JSON value; the fields are in the order in which errors are looked for. */
export function parseObject<Row extends UserKey>(value: unknown, fields: readonly Field<Row>[], rules: RowRules): Parsed<Row> {
  if (!isJsonObject(value)) return { error: notAnObject };
  const { id, accountId } = value;
  const keyError = keyPartError('id', id) ?? keyPartError('accountId', accountId);
  if (keyError !== undefined) return { error: keyError };

  const draft = { accountId, id } as Row;
  for (const field of fields) {
    const given = value[field.name];
    if (given === undefined || given === null) continue;
    const error = field.readJson(draft, given, rules);
    if (error !== undefined) return { error };
  }
  return { row: draft };
}

/** The own keys of an object that are not among the known ones; none for a value that is no object. */
export function unknownKeys(value: unknown, known: ReadonlySet<string>): string[] {
  return isJsonObject(value) ? Object.keys(value).filter((key) => !known.has(key)) : [];
}
