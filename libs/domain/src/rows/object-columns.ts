import type { ColumnMeaning } from './column-meaning.ts';
import type { Field } from './field.ts';
import { isJsonObject } from './field.ts';
import { nearName } from './near-name.ts';

/** A field of a JSONL line. */
export interface ObjectColumn extends ColumnMeaning {
  readonly value: unknown;
}

/**
 * The fields of a line in their order, those in objects such as `customFields` each on its own; none for a value that is no object.
 *
 * @param silent keys that are accepted and ignored
 */
export function columnsOfObject<Target>(
  value: unknown,
  fields: readonly Field<Target>[],
  silent: readonly string[],
): readonly ObjectColumn[] {
  if (!isJsonObject(value)) return [];
  const known = ['accountId', 'id', ...fields.map(({ name }) => name)];
  return Object.entries(value).flatMap(([name, inner]): readonly ObjectColumn[] => {
    const field = fields.find((candidate) => candidate.name === name);
    if (field !== undefined && isJsonObject(inner)) return columnsOfField(field, inner);
    if (known.includes(name)) return [{ name, field: name, value: inner }];
    const suggestion = silent.includes(name) ? undefined : meantKey(name, known);
    return [{ name, ...(suggestion === undefined ? {} : { suggestion }), value: inner }];
  });
}

function columnsOfField<Target>({ name, column, entryColumns }: Field<Target>, inner: Readonly<Record<string, unknown>>): ObjectColumn[] {
  return Object.entries(inner).map(([key, value]) => {
    const path = `${name}.${key}`;
    return entryColumns?.isKey(key) === true || column?.name === path ? { name: path, field: path, value } : { name: path, value };
  });
}

/** A dotted key is a CSV column's name: in JSONL its first part is the key of an object. */
function meantKey(name: string, known: readonly string[]): string | undefined {
  const [object = ''] = name.split('.');
  return known.includes(object) ? object : nearName(name, known);
}
