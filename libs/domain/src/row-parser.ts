import type { ImportPlan } from './import-plan.ts';
import type { Parsed } from './row-error.ts';
import { parseDeletionObject, readDeletionHeader, unknownDeletionKeys } from './rows/deletion-rows.ts';
import type { UserDeletion, UserUpsert } from './rows/row-types.ts';
import { readUserHeader } from './rows/user-header.ts';
import { parseUserObject, unknownUserKeys } from './rows/user-object.ts';

/** Turns one record's contents into a row; compiled once for a job's columns. */
export interface RowParser<Row> {
  /** CSV: the record's cells. */
  cells(cells: readonly string[]): Parsed<Row>;
  /** JSONL: the line's value. */
  object(value: unknown): Parsed<Row>;
  /** JSONL: the names of the line's fields that are not known, and therefore ignored. */
  unknownFields(value: unknown): readonly string[];
}

type ParsedByPlan = Pick<ImportPlan, 'format' | 'columns' | 'linkDomains'>;

export function userParser({ format, columns, linkDomains }: ParsedByPlan): RowParser<UserUpsert> {
  const rules = { linkDomains };
  return {
    cells: format === 'csv' ? readUserHeader(columns, rules).parse : noCells,
    object: (value) => parseUserObject(value, rules),
    unknownFields: unknownUserKeys,
  };
}

export function deletionParser({ format, columns }: ParsedByPlan): RowParser<UserDeletion> {
  return {
    cells: format === 'csv' ? readDeletionHeader(columns).parse : noCells,
    object: parseDeletionObject,
    unknownFields: unknownDeletionKeys,
  };
}

function noCells(): never {
  throw new TypeError('A JSONL file has no cells');
}
