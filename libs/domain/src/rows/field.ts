import { badRequest, type RowError } from '../row-error.ts';
import type { RowRules } from './row-rules.ts';

/** A row in the making. */
export type Draft<Row> = { -readonly [Field in keyof Row]: Row[Field] };

/** Puts a cell that is not blank into the draft, or tells why it cannot. */
export type ReadCell<Target> = (draft: Target, cell: string) => RowError | undefined;

/** An optional field of a row: how it is read from each format. */
export interface Field<Target> {
  /** The key in JSONL. */
  readonly name: string;
  /** Reads a value that is neither absent nor null. */
  readonly readJson: (draft: Target, value: unknown, rules: RowRules) => RowError | undefined;
  /** The CSV column with the field. */
  readonly column?: { readonly name: string; readonly readCell: ReadCell<Target> };
  /** The CSV columns with the field's entries, named `prefix` and the entry's key. */
  readonly entryColumns?: {
    readonly prefixes: readonly [string, ...string[]];
    readonly isKey: (key: string) => boolean;
    /** What the key must be, to be told to people. */
    readonly keyRule: string;
    readonly cellReader: (key: string, rules: RowRules) => ReadCell<Target>;
  };
}

/** The error for a value of the wrong type, or one that the product has no wording for. */
export const invalidField = (name: string): RowError => badRequest(`The provided ${name} field is invalid`, name);

/** A boolean: JSON's own in JSONL, `true` or `false` in any letter case in CSV. */
export function booleanField<Target>(name: string, assign: (draft: Target, value: boolean) => void): Field<Target> {
  const error = invalidField(name);
  return {
    name,
    readJson(draft, value) {
      if (typeof value !== 'boolean') return error;
      assign(draft, value);
      return undefined;
    },
    column: {
      name,
      readCell(draft, cell) {
        const value = parseBoolean(cell);
        if (value === undefined) return error;
        assign(draft, value);
        return undefined;
      },
    },
  };
}

function parseBoolean(cell: string): boolean | undefined {
  if (cell === 'true') return true;
  if (cell === 'false') return false;
  if (cell.length > 5) return undefined;
  const lower = cell.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** Narrows a JSON value to an object that is not an array. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
