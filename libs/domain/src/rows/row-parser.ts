import type { UserKey } from '../account.ts';
import { badRequest, type Parsed, type RowError } from '../row-error.ts';
import { common, wording } from '../wording.ts';
import type { ReadCell } from './field.ts';
import type { HeaderColumns } from './header-columns.ts';
import type { HeaderReading } from './header-reading.ts';
import { isBlank, shownName } from './text.ts';
import { keyPartError } from './user-key.ts';

/** Compiles a header into a function that reads one record's cells. It runs once per row of files with millions of rows. */
export function compileRowParser<Row extends UserKey>(
  columns: readonly string[],
  { idColumn, accountIdColumn, fieldColumns }: HeaderColumns<Row>,
  fieldOrder: readonly { readonly name: string }[],
): HeaderReading<Row>['parse'] {
  const rank = new Map(fieldOrder.map((field, index) => [field.name, index]));
  const inOrder = fieldColumns.toSorted((a, b) => rank.get(a.field.name)! - rank.get(b.field.name)! || a.index - b.index);
  const indexes = inOrder.map((column) => column.index);
  const readers: readonly ReadCell<Row>[] = inOrder.map((column) => column.readCell);

  return (cells): Parsed<Row> => {
    const recordError = cellsError(cells, columns);
    if (recordError !== undefined) return { error: recordError };

    const id = cells[idColumn];
    const accountId = cells[accountIdColumn];
    const keyError = keyPartError('id', id) ?? keyPartError('accountId', accountId);
    if (keyError !== undefined) return { error: keyError };

    const draft = { accountId, id } as Row;
    for (let position = 0; position < indexes.length; position++) {
      const cell = cells[indexes[position]!];
      if (cell === undefined || isBlank(cell)) continue;
      const error = readers[position]!(draft, cell);
      if (error !== undefined) return { error };
    }
    return { row: draft };
  };
}

function cellsError(cells: readonly string[], columns: readonly string[]): RowError | undefined {
  if (cells.length > columns.length) {
    const remedy = 'put quotes around a cell that has a comma in it';
    return badRequest(wording`The row has ${cells.length} cells but the header has ${common(columns.length)} columns; ${common(remedy)}`);
  }
  for (let index = 0; index < cells.length; index++) {
    if (cells[index]!.includes('\0')) {
      const column = shownName(columns[index]!) || `${index + 1}`;
      return badRequest(`The cell in column '${column}' has a NUL character; save the file as UTF-8 text`, columns[index]);
    }
  }
  return undefined;
}
