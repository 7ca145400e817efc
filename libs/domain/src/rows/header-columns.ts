import type { ColumnMeaning } from './column-meaning.ts';
import type { Field, ReadCell } from './field.ts';
import type { HeaderProblem } from './header-reading.ts';
import { nearName } from './near-name.ts';
import type { RowRules } from './row-rules.ts';
import { shownName } from './text.ts';

/** The names that a header may have beside `accountId` and `id`. */
export interface Vocabulary<Target> {
  /** In the order in which a row's errors are looked for. */
  readonly fields: readonly Field<Target>[];
  /** Columns that are accepted and ignored without a warning. */
  readonly silent: readonly string[];
}

/** A column that gives a field, or an entry of one. */
export interface FieldColumn<Target> {
  readonly field: Field<Target>;
  /** The entry's key; absent when the column is the whole field. */
  readonly key?: string;
  readonly index: number;
  readonly readCell: ReadCell<Target>;
}

/** A header's columns by their roles. */
export interface HeaderColumns<Target> {
  readonly idColumn: number;
  readonly accountIdColumn: number;
  /** In the header's order. */
  readonly fieldColumns: readonly FieldColumn<Target>[];
  /** All columns, in the header's order. */
  readonly meanings: readonly ColumnMeaning[];
  readonly problems: readonly HeaderProblem[];
  readonly warnings: readonly string[];
}

const keyColumns = ['id', 'accountId'] as const;

/** Gives each column of a header its role. Names are case-sensitive and in any order. */
export function sortColumns<Target>(columns: readonly string[], vocabulary: Vocabulary<Target>, rules: RowRules): HeaderColumns<Target> {
  const problems: HeaderProblem[] = [];
  const fieldColumns: FieldColumn<Target>[] = [];
  const meanings: ColumnMeaning[] = columns.map((name) => ({ name }));
  const unknown: ColumnMeaning[] = [];
  const nameless: number[] = [];
  const seenAt = new Map<string, number>();

  for (const [index, name] of columns.entries()) {
    if (name.trim() === '') {
      nameless.push(index + 1);
      continue;
    }
    const match = matchField(name, vocabulary.fields);
    const role = match?.key === undefined ? name : `${match.field.name}.${match.key}`;
    const first = seenAt.get(role);
    if (first !== undefined) {
      problems.push(csvProblem(repeatedColumn(columns[first]!, first, name, index)));
      continue;
    }
    seenAt.set(role, index);

    if (match === undefined) {
      if (isKeyColumn(name)) meanings[index] = { name, field: name };
      else if (!vocabulary.silent.includes(name)) unknown.push((meanings[index] = unknownColumn(name, vocabulary.fields)));
    } else if (match.key === undefined) {
      meanings[index] = { name, field: role };
      fieldColumns.push({ field: match.field, index, readCell: match.readCell });
    } else if (!match.entries.isKey(match.key)) {
      problems.push(
        csvProblem(`Column '${shownName(name)}' (place ${index + 1}) is not possible: ${match.entries.keyRule}; rename or remove it.`),
      );
    } else {
      meanings[index] = { name, field: role };
      fieldColumns.push({ field: match.field, key: match.key, index, readCell: match.entries.cellReader(match.key, rules) });
    }
  }

  const reported = new Set<string>();
  const separator = foreignSeparator(columns);
  if (separator !== undefined) {
    problems.push(
      csvProblem(`The header is one column, '${shownName(columns[0]!)}'; separate columns with commas, not with ${separator}.`),
    );
    reported.add(columns[0]!);
  } else {
    for (const name of keyColumns) if (!seenAt.has(name)) problems.push(missingColumn(name, unknown, reported));
  }

  return {
    idColumn: seenAt.get('id') ?? -1,
    accountIdColumn: seenAt.get('accountId') ?? -1,
    fieldColumns,
    meanings,
    problems,
    warnings: [
      ...unknown.filter(({ name }) => !reported.has(name)).map((column) => ignoredColumn(column, vocabulary.fields)),
      ...(nameless.length === 0 ? [] : [namelessColumns(nameless)]),
    ],
  };
}

type Match<Target> =
  | { readonly field: Field<Target>; readonly key?: undefined; readonly readCell: ReadCell<Target> }
  | { readonly field: Field<Target>; readonly key: string; readonly entries: NonNullable<Field<Target>['entryColumns']> };

function matchField<Target>(name: string, fields: readonly Field<Target>[]): Match<Target> | undefined {
  for (const field of fields) {
    if (field.column?.name === name) return { field, readCell: field.column.readCell };
    const entries = field.entryColumns;
    const prefix = entries?.prefixes.find((candidate) => name.startsWith(candidate));
    if (entries !== undefined && prefix !== undefined) return { field, key: name.slice(prefix.length), entries };
  }
  return undefined;
}

const isKeyColumn = (name: string): boolean => name === 'id' || name === 'accountId';
const csvProblem = (message: string): HeaderProblem => ({ type: 'CSV_PARSING', message });

function repeatedColumn(firstName: string, first: number, name: string, index: number): string {
  if (name === firstName)
    return `The header has column '${shownName(name)}' twice, in places ${first + 1} and ${index + 1}; remove or rename one of them.`;
  return `Columns '${shownName(firstName)}' (place ${first + 1}) and '${shownName(name)}' (place ${index + 1}) are the same; remove one of them.`;
}

function missingColumn(name: string, unknown: readonly ColumnMeaning[], reported: Set<string>): HeaderProblem {
  const near = unknown.find((candidate) => nearName(candidate.name, [name]) !== undefined)?.name;
  if (near === undefined) {
    const message = `The header (the first line of the file) has no column '${name}'; add it, every row needs one.`;
    return { type: 'MISSING_HEADERS', message };
  }
  reported.add(near);
  const remedy = `Column '${shownName(near)}' is not known; write '${name}'.`;
  return { type: 'MISSING_HEADERS', message: `The header (the first line of the file) has no column '${name}'. ${remedy}` };
}

function foreignSeparator(columns: readonly string[]): string | undefined {
  const only = columns.length === 1 ? columns[0]! : '';
  return only.includes(';') ? 'semicolons' : only.includes('\t') ? 'tabs' : undefined;
}

const isJsonOnly = <Target>(name: string, fields: readonly Field<Target>[]): boolean =>
  fields.some((field) => field.name === name && field.column === undefined && field.entryColumns === undefined);

function unknownColumn<Target>(name: string, fields: readonly Field<Target>[]): ColumnMeaning {
  const suggestion = isJsonOnly(name, fields) ? undefined : meantColumn(name, fields);
  return suggestion === undefined ? { name } : { name, suggestion };
}

function ignoredColumn<Target>({ name, suggestion }: ColumnMeaning, fields: readonly Field<Target>[]): string {
  if (isJsonOnly(name, fields)) return `Column '${name}' is ignored: only JSONL files can carry it.`;
  return `Column '${shownName(name)}' is not known and is ignored${suggestion === undefined ? '.' : `; did you mean '${suggestion}'?`}`;
}

function meantColumn<Target>(name: string, fields: readonly Field<Target>[]): string | undefined {
  const prefixes = fields.flatMap((field) => field.entryColumns?.prefixes[0] ?? []);
  const dot = name.indexOf('.');
  const nearPrefix = nearName(dot < 0 ? name : name.slice(0, dot), prefixes);
  if (nearPrefix !== undefined) return dot < 0 ? `${nearPrefix}…` : shownName(nearPrefix + name.slice(dot + 1));
  return nearName(name, [...keyColumns, ...fields.flatMap((field) => field.column?.name ?? [])]);
}

function namelessColumns(numbers: readonly number[]): string {
  return numbers.length === 1
    ? `Column ${numbers[0]} of the header has no name and is ignored.`
    : `Columns ${numbers.join(', ')} of the header have no name and are ignored.`;
}
