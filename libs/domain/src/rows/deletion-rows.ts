import type { Parsed } from '../row-error.ts';
import { booleanField, type Draft, type Field } from './field.ts';
import { sortColumns } from './header-columns.ts';
import type { HeaderReading } from './header-reading.ts';
import type { ObjectColumn } from './object-columns.ts';
import { columnsOfObject } from './object-columns.ts';
import { parseObject, unknownKeys } from './object-parser.ts';
import { compileRowParser } from './row-parser.ts';
import type { RowRules } from './row-rules.ts';
import type { UserDeletion } from './row-types.ts';

const fields: readonly Field<Draft<UserDeletion>>[] = [
  booleanField('doNotTrack', (draft, value) => (draft.doNotTrack = value)),
  booleanField('preserveEmptyAccount', (draft, value) => (draft.preserveEmptyAccount = value)),
];

/** Columns of a deletions' file, and keys of its JSONL form. */
export const deletionColumns: readonly string[] = ['accountId', 'id', ...fields.map((field) => field.name)];

const knownKeys: ReadonlySet<string> = new Set(deletionColumns);

// No field of a deletion looks at the tenant's rules.
const noRules: RowRules = { linkDomains: [] };

/** Reads the header of a CSV file with deletions. Unknown columns are ignored with a warning. */
export function readDeletionHeader(columns: readonly string[]): HeaderReading<UserDeletion> {
  const header = sortColumns(columns, { fields, silent: [] }, noRules);
  return {
    problems: header.problems,
    warnings: header.warnings,
    columns: header.meanings,
    parse: compileRowParser(columns, header, fields),
    givesCodes: false,
    namesCodes: false,
    programs: [],
    accountIdColumn: header.accountIdColumn,
  };
}

/** Reads one line of a JSONL file with deletions, after `JSON.parse`. */
export function parseDeletionObject(value: unknown): Parsed<UserDeletion> {
  return parseObject<Draft<UserDeletion>>(value, fields, noRules);
}

/** The fields of one line of a JSONL file with deletions, and what they mean. */
export const deletionObjectColumns = (value: unknown): readonly ObjectColumn[] => columnsOfObject(value, fields, []);

/** The keys of a line that mean nothing and are ignored. */
export function unknownDeletionKeys(value: unknown): string[] {
  return unknownKeys(value, knownKeys);
}
