import { describe, expect, it } from 'vitest';
import type { RowError } from '../row-error.ts';
import { deletionColumns, parseDeletionObject, readDeletionHeader, unknownDeletionKeys } from './deletion-rows.ts';

const read = (header: string) => readDeletionHeader(header.split(','));
const badRequest = (message: string) => ({
  error: expect.objectContaining({ message, apiErrorCode: 'BAD_REQUEST', statusCode: 400 }) as RowError,
});

describe('a CSV file with deletions', () => {
  it('accepts the published sample header and reads rows by it', () => {
    const header = read('accountId,id,doNotTrack,preserveEmptyAccount');
    expect(header).toMatchObject({ problems: [], warnings: [], givesCodes: false, programs: [], accountIdColumn: 0 });
    expect(header.parse(['a1', 'u1', 'false', 'TRUE'])).toStrictEqual({
      row: { accountId: 'a1', id: 'u1', doNotTrack: false, preserveEmptyAccount: true },
    });
    expect(deletionColumns).toEqual(['accountId', 'id', 'doNotTrack', 'preserveEmptyAccount']);
  });

  it('leaves a blank option to the job', () => {
    const { parse } = read('accountId,id,doNotTrack,preserveEmptyAccount');
    expect(parse(['a1', 'u1', '', ' '])).toStrictEqual({ row: { accountId: 'a1', id: 'u1' } });
    expect(parse(['a1', 'u1'])).toStrictEqual({ row: { accountId: 'a1', id: 'u1' } });
  });

  it('needs no options', () => {
    expect(read('id,accountId')).toMatchObject({ problems: [], warnings: [], accountIdColumn: 1 });
  });

  it.each([
    [['', 'u1'], 'This request requires a valid non-empty accountId'],
    [['a1', ''], 'This request requires a valid non-empty id'],
    [['a1', 'u1', 'no', 'no'], 'The provided doNotTrack field is invalid'],
    [['a1', 'u1', 'true', '0'], 'The provided preserveEmptyAccount field is invalid'],
    [['a1', 'u1', '', '', ''], 'The row has 5 cells but the header has 4 columns; put quotes around a cell that has a comma in it'],
    [['a1', 'u1', '\0'], "The cell in column 'doNotTrack' has a NUL character; save the file as UTF-8 text"],
  ])('refuses the row %j', (cells, message) => {
    expect(read('accountId,id,doNotTrack,preserveEmptyAccount').parse(cells)).toStrictEqual(badRequest(message));
  });

  it.each([
    ['preserveEmptyAccounts', "Column 'preserveEmptyAccounts' is not known and is ignored; did you mean 'preserveEmptyAccount'?"],
    ['donottrack', "Column 'donottrack' is not known and is ignored; did you mean 'doNotTrack'?"],
    ['firstName', "Column 'firstName' is not known and is ignored."],
  ])('ignores the column %s with a warning', (column, warning) => {
    const header = read(`accountId,id,${column}`);
    expect(header).toMatchObject({ problems: [], warnings: [warning] });
    expect(header.parse(['a1', 'u1', 'x'])).toStrictEqual({ row: { accountId: 'a1', id: 'u1' } });
  });

  it.each([
    ['id,accountid', 'MISSING_HEADERS', "Column 'accountid' is not known; write 'accountId'."],
    ['accountId,id,id', 'CSV_PARSING', "The header has column 'id' twice, in places 2 and 3; remove or rename one of them."],
    ['accountId;id', 'CSV_PARSING', 'separate columns with commas, not with semicolons.'],
  ])('refuses the header %s', (header, type, message) => {
    expect(read(header).problems).toEqual([{ type, message: expect.stringContaining(message) }]);
  });
});

describe('a JSONL file with deletions', () => {
  it.each([
    { accountId: 'a1', id: 'u1' },
    { accountId: 'a1', id: 'u1', doNotTrack: true, preserveEmptyAccount: false },
  ])('reads %j', (line) => {
    expect(parseDeletionObject(line)).toStrictEqual({ row: line });
  });

  it('leaves a null option to the job and ignores other keys', () => {
    const line = { accountId: 'a1', id: 'u1', doNotTrack: null, preserveEmptyAccounts: true, email: 5 };
    expect(parseDeletionObject(line)).toStrictEqual({ row: { accountId: 'a1', id: 'u1' } });
    expect(unknownDeletionKeys(line)).toEqual(['preserveEmptyAccounts', 'email']);
  });

  it.each([
    [[], 'The line is not a JSON object'],
    [{ accountId: 'a1' }, 'This request requires a valid non-empty id'],
    [{ id: 'u1' }, 'This request requires a valid non-empty accountId'],
    [{ accountId: 'a1', id: 'u1', doNotTrack: 'true' }, 'The provided doNotTrack field is invalid'],
    [{ accountId: 'a1', id: 'u1', preserveEmptyAccount: 0 }, 'The provided preserveEmptyAccount field is invalid'],
  ])('refuses %j', (line, message) => {
    expect(parseDeletionObject(line)).toStrictEqual(badRequest(message));
  });
});
