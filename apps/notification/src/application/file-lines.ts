import { format } from 'fast-csv';
import type { FileFormat } from '@advocate/domain';
import type { Cell } from './result-columns.ts';

/** Writes lines of a file in one format. */
export interface LineWriter {
  /** What stands before the first line. */
  header(): Promise<Uint8Array>;
  /** Lines for rows whose cells are in the columns' order. */
  lines(rows: readonly Cell[][]): Promise<Uint8Array>;
}

export function lineWriter(format: FileFormat, columns: readonly string[]): LineWriter {
  return format === 'csv' ? csvWriter(columns) : jsonlWriter(columns);
}

function csvWriter(columns: readonly string[]): LineWriter {
  return { header: () => csvLines([[...columns]]), lines: csvLines };
}

const specialCharacter = /[",|\r\n\0]/;

/** Whether fast-csv would change a cell. */
const isSpecial = (cell: Cell): boolean => typeof cell === 'string' && specialCharacter.test(cell);

/** Most rows are nothing but their cells with commas between; fast-csv, which takes its time with each cell, formats the others. */
async function csvLines(rows: readonly Cell[][]): Promise<Uint8Array> {
  const lines: string[] = [];
  const others: { readonly cells: Cell[]; readonly index: number }[] = [];
  for (const [index, row] of rows.entries()) {
    const cells = row.map(neutralised);
    if (cells.some(isSpecial)) others.push({ cells, index });
    lines.push(cells.join(','));
  }
  const formatted = await formattedLines(others.map(({ cells }) => cells));
  for (const [position, { index }] of others.entries()) lines[index] = formatted[position] ?? '';
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** Formats rows with one stream, written to at once: fast-csv's own `writeToBuffer` waits for a promise per row. It leaves no NUL in them. */
async function formattedLines(rows: readonly Cell[][]): Promise<string[]> {
  const stream = format({ rowDelimiter: '\0' });
  for (const cells of rows) stream.write(cells);
  stream.end();
  return Buffer.concat(await stream.toArray())
    .toString()
    .split('\0');
}

const formulaStart = /^[=+\-@\t\r]/;
const atSign = 0x40;
const plainNumber = /^[+-]?\d+(\.\d+)?$/;

/** A text that a spreadsheet would run as a formula gets an apostrophe in front, so that it is shown instead. */
function neutralised(cell: Cell): Cell {
  // Few cells begin below the digits, or with `=` or `@`: the patterns are for those.
  if (typeof cell !== 'string' || cell.charCodeAt(0) > atSign) return cell;
  return formulaStart.test(cell) && !plainNumber.test(cell) ? `'${cell}` : cell;
}

const customFieldPrefix = 'customFields.';

/** Objects with the columns as fields; custom fields are one object, as in an upload. */
function jsonlWriter(columns: readonly string[]): LineWriter {
  const firstCustom = columns.findIndex((column) => column.startsWith(customFieldPrefix));
  const standard = firstCustom < 0 ? columns : columns.slice(0, firstCustom);
  const custom = firstCustom < 0 ? [] : columns.slice(firstCustom).map((column) => column.slice(customFieldPrefix.length));
  return {
    header: async () => new Uint8Array(),
    async lines(rows) {
      let text = '';
      for (const cells of rows) {
        const fields: [string, unknown][] = standard.map((column, index) => [column, cells[index]]);
        if (custom.length > 0)
          fields.push(['customFields', Object.fromEntries(custom.map((name, index) => [name, cells[standard.length + index]]))]);
        text += `${JSON.stringify(Object.fromEntries(fields))}\n`;
      }
      return Buffer.from(text);
    },
  };
}
