import type { ColumnMeaning, FileFormat, RowError, RowParser, UserKey } from '@advocate/domain';
import { CellReader } from '@advocate/record-scanner';
import { excerpt, excerptOf } from './excerpt.ts';

export interface PreviewTableRow {
  readonly recordNumber: number;
  /** One for each column of the table; what is absent is empty. */
  readonly cells: readonly string[];
  readonly error: RowError | undefined;
}

interface Row {
  readonly recordNumber: number;
  readonly texts: ReadonlyMap<string, string>;
  readonly error: RowError | undefined;
}

/** Rows as a table: under the header's columns, or, of JSONL, under the fields that the rows have in order of appearance. */
export class PreviewTable {
  readonly #format: FileFormat;
  readonly #parser: RowParser<UserKey>;
  readonly #columns = new Map<string, ColumnMeaning>();
  readonly #rows: Row[] = [];
  readonly #unknown = new Set<string>();

  constructor(format: FileFormat, parser: RowParser<UserKey>) {
    this.#format = format;
    this.#parser = parser;
    for (const [index, column] of parser.columns.entries()) this.#columns.set(`${index}`, column);
  }

  add(recordNumber: number, record: Buffer, error: RowError | undefined): void {
    this.#rows.push({ recordNumber, texts: this.#format === 'csv' ? cellsOf(record) : this.#fieldsOf(record), error });
  }

  get columns(): readonly ColumnMeaning[] {
    return [...this.#columns.values()];
  }

  /** JSONL: the fields that are not known, as a CSV header's warnings tell of its columns. */
  get warnings(): readonly string[] {
    return Array.from(this.#unknown, (name) => {
      const suggestion = this.#columns.get(ignoredKey(name))?.suggestion;
      return `The field '${excerpt(name)}' is not known and is ignored${suggestion === undefined ? '.' : `; did you mean '${suggestion}'?`}`;
    });
  }

  rows({ errors }: { readonly errors: boolean }): readonly PreviewTableRow[] {
    return this.#rows.map(({ recordNumber, texts, error }) => {
      return { recordNumber, cells: Array.from(this.#columns.keys(), (key) => texts.get(key) ?? ''), error: errors ? error : undefined };
    });
  }

  #fieldsOf(record: Buffer): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    const line = parseLine(record);
    for (const name of this.#parser.unknownFields(line)) this.#unknown.add(name);
    for (const { value, ...column } of this.#parser.objectColumns(line)) {
      const key = column.field ?? ignoredKey(column.name);
      if (!this.#columns.has(key)) this.#columns.set(key, column);
      texts.set(key, excerptOf(value));
    }
    return texts;
  }
}

/** A dotted key looks like a field in an object, but is not read. */
const ignoredKey = (name: string): string => `ignored ${name}`;

function cellsOf(record: Buffer): ReadonlyMap<string, string> {
  const cells = new CellReader(record).cells(0, record.length);
  return new Map(Array.isArray(cells) ? cells.map((cell, index) => [`${index}`, excerpt(cell)]) : []);
}

function parseLine(record: Buffer): unknown {
  try {
    return JSON.parse(record.toString());
  } catch {
    return undefined;
  }
}
