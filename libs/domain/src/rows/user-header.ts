import { maxCustomFields, customFields } from './custom-fields.ts';
import { sortColumns } from './header-columns.ts';
import type { HeaderReading } from './header-reading.ts';
import { referralCodes, shareLinks } from './program-entries.ts';
import { referredBy } from './referred-by.ts';
import { compileRowParser } from './row-parser.ts';
import type { RowRules } from './row-rules.ts';
import type { UserUpsert } from './row-types.ts';
import { classicUserFields, userFields } from './user-fields.ts';

const classicColumns = [...classicUserFields, 'referredBy.isConverted'];

/** Columns of a users' file with one name. */
export const userColumns: readonly string[] = ['accountId', 'id', ...userFields.flatMap((field) => field.column?.name ?? [])];

/** What the names of a users' file's other columns start with; a program id or a custom field's name follows. */
export const userColumnPrefixes: readonly string[] = userFields.flatMap((field) => field.entryColumns?.prefixes ?? []);

/** Columns of the classic product, which are accepted and ignored. */
export const ignoredUserColumns: readonly string[] = classicColumns;

/** Reads the header of a CSV file with users. Unknown columns are ignored with a warning. */
export function readUserHeader(columns: readonly string[], rules: RowRules): HeaderReading<UserUpsert> {
  const header = sortColumns(columns, { fields: userFields, silent: classicColumns }, rules);
  const customCount = header.fieldColumns.filter((column) => column.field.name === customFields.name).length;
  const programs = header.fieldColumns
    .filter((column) => column.field.name === referralCodes.name || column.field.name === shareLinks.name)
    .flatMap((column) => column.key ?? []);
  return {
    problems: customCount > maxCustomFields ? [...header.problems, tooManyCustomFields(customCount)] : header.problems,
    warnings: header.warnings,
    columns: header.meanings,
    parse: compileRowParser(columns, header, userFields),
    givesCodes: programs.length > 0,
    namesCodes: programs.length > 0 || header.fieldColumns.some((column) => column.field.name === referredBy.name),
    programs: [...new Set(programs)],
    accountIdColumn: header.accountIdColumn,
  };
}

function tooManyCustomFields(count: number) {
  const message = `The header has ${count} columns 'customFields.…' but a row has at most ${maxCustomFields} custom fields; remove ${count - maxCustomFields} of them.`;
  return { type: 'CSV_PARSING' as const, message };
}
