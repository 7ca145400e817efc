import type { ImportPlan } from './import-plan.ts';
import type { Parsed } from './row-error.ts';
import type { ColumnMeaning } from './rows/column-meaning.ts';
import type { HeaderReading } from './rows/header-reading.ts';
import { keyPartError } from './rows/user-key.ts';
import { deletionObjectColumns, parseDeletionObject, readDeletionHeader, unknownDeletionKeys } from './rows/deletion-rows.ts';
import type { UserDeletion, UserUpsert } from './rows/row-types.ts';
import type { ObjectColumn } from './rows/object-columns.ts';
import { readUserHeader } from './rows/user-header.ts';
import { parseUserObject, unknownUserKeys, userObjectColumns } from './rows/user-object.ts';

/** Turns one record's contents into a row, and tells what they mean; compiled once for a job's columns. */
export interface RowParser<Row> {
  /** CSV: what each column means, in the header's order. JSONL: empty. */
  readonly columns: readonly ColumnMeaning[];
  /** CSV: the record's cells. */
  cells(cells: readonly string[]): Parsed<Row>;
  /** CSV: the account that a record is for, by its cell, where that is all that has to be known of the row before it is decided; else nothing. */
  accountId(cellAt: (column: number) => unknown): string | undefined;
  /** JSONL: the line's value. */
  object(value: unknown): Parsed<Row>;
  /** JSONL: the names of the line's fields that are not known, and therefore ignored. */
  unknownFields(value: unknown): readonly string[];
  /** JSONL: the line's fields in order, and what they mean. */
  objectColumns(value: unknown): readonly ObjectColumn[];
}

type ParsedByPlan = Pick<ImportPlan, 'format' | 'columns' | 'linkDomains'>;

export function userParser({ format, columns, linkDomains }: ParsedByPlan): RowParser<UserUpsert> {
  const rules = { linkDomains };
  const header = format === 'csv' ? readUserHeader(columns, rules) : noHeader;
  return {
    columns: header.columns,
    cells: header.parse,
    accountId: accountIdReader(header),
    object: (value) => parseUserObject(value, rules),
    unknownFields: unknownUserKeys,
    objectColumns: userObjectColumns,
  };
}

export function deletionParser({ format, columns }: ParsedByPlan): RowParser<UserDeletion> {
  const header = format === 'csv' ? readDeletionHeader(columns) : noHeader;
  return {
    columns: header.columns,
    cells: header.parse,
    accountId: accountIdReader(header),
    object: parseDeletionObject,
    unknownFields: unknownDeletionKeys,
    objectColumns: deletionObjectColumns,
  };
}

function accountIdReader({
  namesCodes,
  accountIdColumn,
}: Pick<HeaderReading<never>, 'namesCodes' | 'accountIdColumn'>): RowParser<never>['accountId'] {
  if (namesCodes) return () => undefined;
  return (cellAt) => {
    const cell = cellAt(accountIdColumn);
    return keyPartError('accountId', cell) === undefined ? (cell as string) : undefined;
  };
}

const noHeader = {
  columns: [],
  namesCodes: true,
  accountIdColumn: -1,
  parse: (): never => {
    throw new TypeError('A JSONL file has no cells');
  },
};
