import { CellReader, RecordList, RecordScanner } from '@advocate/record-scanner';
import type { RowErrorMessage } from '@advocate/contracts';

export type RowError = Pick<RowErrorMessage, 'recordNumber' | 'message' | 'apiErrorCode'>;

/** How much of an errors file holds its first few errors, in all likelihood. */
export const headBytes = 64 * 1024;

/** The first errors in the head of an errors file; the file's name says its format. A record that is cut off is left out. */
export function firstErrors(filename: string, head: Buffer, limit: number): RowError[] {
  const jsonl = filename.endsWith('.jsonl');
  const records = new RecordList(64);
  new RecordScanner(jsonl ? 'jsonl' : 'csv').push(head, records);
  const cells = new CellReader(head);
  const errors: RowError[] = [];
  for (let index = jsonl ? 0 : 1; index < records.count && errors.length < limit; index++) {
    const start = records.offsets[index]!;
    const end = start + records.lengths[index]!;
    const error = jsonl ? fromJson(head.toString('utf8', start, end)) : fromCells(cells.cells(start, end));
    if (error !== undefined) errors.push(error);
  }
  return errors;
}

const fromJson = (line: string): RowError => JSON.parse(line) as RowError;

function fromCells(cells: ReturnType<CellReader['cells']>): RowError | undefined {
  if (!Array.isArray(cells)) return undefined;
  const [recordNumber = '', message = '', apiErrorCode = ''] = cells;
  return { recordNumber: Number(recordNumber), message, apiErrorCode };
}
