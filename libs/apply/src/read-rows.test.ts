import type { Parsed, RowParser, UserUpsert } from '@advocate/domain';
import { userParser } from '@advocate/domain';
import type { RowChunk, RowFault } from '@advocate/messages';
import { buildPlan } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import { openRows } from './read-rows.ts';

const columns = ['accountId', 'id', 'firstName'];

function chunkOf(format: 'csv' | 'jsonl', records: readonly (string | Buffer)[], faults: readonly RowFault[] = []): RowChunk {
  const bytes = records.map((record) => Buffer.from(record as string));
  return {
    plan: buildPlan({ format, columns: format === 'csv' ? columns : [] }),
    ...{ slice: 0, partition: 0, sliceChunks: 1, faults },
    rows: Buffer.concat(bytes),
    lengths: bytes.map(({ length }) => length),
    recordNumbers: bytes.map((_, index) => index + 2),
  };
}

/** All rows of a chunk, and what was noticed while they were read. */
function readAll<Row>(chunk: RowChunk, parser: RowParser<Row>): { rows: Parsed<Row>[]; ignoredFields: readonly string[] } {
  const opened = openRows(chunk, parser);
  const rows = Array.from({ length: opened.length }, (_, index) => opened.at(index));
  return { rows, ignoredFields: opened.ignoredFields };
}

function read(format: 'csv' | 'jsonl', records: readonly (string | Buffer)[], faults?: readonly RowFault[]) {
  const chunk = chunkOf(format, records, faults);
  return readAll(chunk, userParser(chunk.plan));
}

/** Each row, or its error's message. */
function rowsOf(...parameters: Parameters<typeof read>): unknown[] {
  return read(...parameters).rows.map(({ row, error }) => row ?? error.message);
}

const ann = { accountId: 'a1', id: 'ann', firstName: 'Ann' };
const bob = { accountId: 'a1', id: 'bob' };

/** The accounts that rows are for, as far as they can be told without reading the rows. */
function accountIdsOf(chunk: RowChunk): unknown[] {
  const opened = openRows(chunk, userParser(chunk.plan));
  return Array.from({ length: opened.length }, (_, index) => opened.accountIdAt(index));
}

describe('the account that a row is for', () => {
  test('is told of each CSV record that has one, be the rest as it may', () => {
    const fault = { index: 4, message: 'too long', cause: '' };
    const chunk = chunkOf('csv', ['a1,ann', '"a""2",', 'Zoë,x,y,z,more', 'a3,"open', 'a4,late', ',ann', '"open', 'a\u0001,ann'], [fault]);
    expect(accountIdsOf(chunk)).toEqual(['a1', 'a"2', 'Zoë', 'a3', undefined, undefined, undefined, undefined]);
  });

  test('is not told where bytes are no text, where codes are named, and of JSONL', () => {
    expect(accountIdsOf(chunkOf('csv', ['a1,ann', Buffer.from([0x61, 0xff])]))).toEqual([undefined, undefined]);
    const chunk = chunkOf('csv', ['a1,ann,X']);
    for (const column of ['referredBy.code', 'referralCodes.p', 'shareLinks.p']) {
      const plan = { ...chunk.plan, columns: ['accountId', 'id', column] };
      expect(accountIdsOf({ ...chunk, plan })).toEqual([undefined]);
    }
    expect(accountIdsOf(chunkOf('jsonl', ['{"accountId":"a1","id":"ann"}']))).toEqual([undefined]);
  });
});

describe('CSV records', () => {
  test('are read by the plan’s columns', () => {
    expect(rowsOf('csv', ['a1,ann,Ann', '"a1","ann","Ann"', 'a1,bob,', 'a1,bob'])).toEqual([ann, ann, bob, bob]);
    expect(rowsOf('csv', ['a1,ann,"Zoë ""the""\n🎉, O\'N"'])).toEqual([{ ...ann, firstName: 'Zoë "the"\n🎉, O\'N' }]);
  });

  test('name the column of a quote that is wrong, and leave the others alone', () => {
    expect(rowsOf('csv', ['a1,ann,Ann', 'a1,"ann', '"a1"x,ann', 'a1,ann,"Ann" ', 'a1,ann,Ann'])).toEqual([
      ann,
      'The quote that opens column 2 is never closed',
      'Text follows the closing quote of column 1; a quote inside a quoted cell is written twice',
      'Text follows the closing quote of column 3; a quote inside a quoted cell is written twice',
      ann,
    ]);
  });

  test('have the parser’s errors', () => {
    const { rows } = read('csv', [',ann', 'a1,']);
    expect(rows.map(({ error }) => error)).toEqual([
      { message: 'This request requires a valid non-empty accountId', apiErrorCode: 'BAD_REQUEST', statusCode: 400, column: 'accountId' },
      { message: 'This request requires a valid non-empty id', apiErrorCode: 'BAD_REQUEST', statusCode: 400, column: 'id' },
    ]);
  });

  test('have no ignored fields: those are in the header', () => {
    expect(read('csv', ['a1,ann,Ann,more']).ignoredFields).toEqual([]);
  });
});

describe('JSONL records', () => {
  test('are read as objects', () => {
    expect(rowsOf('jsonl', [JSON.stringify(ann), ` ${JSON.stringify(bob)}\t`])).toEqual([ann, bob]);
  });

  test('that are no JSON say so', () => {
    const rows = rowsOf('jsonl', [JSON.stringify(ann), '{"accountId":"a1"', 'accountId,id', '{"id":"x"} {"id":"y"}', JSON.stringify(bob)]);
    expect(rows[0]).toEqual(ann);
    for (const index of [1, 2, 3]) expect(rows[index]).toMatch(/^The line is not valid JSON: ./);
    expect(rows[4]).toEqual(bob);
  });

  test.each(['[]', 'null', '"text"', '5', 'true'])('that are no object say so: %s', (line) => {
    expect(rowsOf('jsonl', [line])).toEqual(['The line is not a JSON object']);
  });

  test('name the fields that are not known, once, in order of appearance', () => {
    const { rows, ignoredFields } = read('jsonl', [
      JSON.stringify({ ...ann, referrable: true, zip: 1 }),
      '{"__proto__":{},"zip":2,"accountId":"a1","id":"bob","referralCode":"classic"}',
      '5',
      '{"id":"","later":1}',
    ]);
    expect(rows.slice(0, 2)).toEqual([{ row: ann }, { row: bob }]);
    expect(ignoredFields).toEqual(['referrable', 'zip', '__proto__', 'later']);
  });

  test('name at most twenty of them', () => {
    const many = (from: number) => Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`f${from + i}`, 1]));
    const { ignoredFields } = read('jsonl', [JSON.stringify({ ...ann, ...many(0) }), JSON.stringify({ ...bob, ...many(15) })]);
    expect(ignoredFields).toEqual(Array.from({ length: 20 }, (_, i) => `f${i}`));
  });
});

describe.each(['csv', 'jsonl'] as const)('%s records', (format) => {
  const line = (row: { accountId: string; id: string; firstName?: string }) =>
    format === 'csv' ? `${row.accountId},${row.id},${row.firstName ?? ''}` : JSON.stringify(row);
  const broken = (...bytes: number[]) =>
    Buffer.concat([Buffer.from(line(bob).slice(0, -1)), Buffer.from(bytes), Buffer.from(line(bob).slice(-1))]);

  test('that are not UTF-8 say at which byte, and leave the others alone', () => {
    const at = line(bob).length;
    expect(rowsOf(format, [line(ann), broken(0xff), line(ann), broken(0xc3, 0x28)])).toEqual([
      ann,
      `The row is not valid UTF-8: byte ${at} of the row is 0xff`,
      ann,
      `The row is not valid UTF-8: byte ${at} of the row is 0xc3`,
    ]);
  });

  test('whose ends and starts make one character together are not UTF-8 either', () => {
    const first = Buffer.concat([Buffer.from(line(ann)), Buffer.from([0xc3])]);
    const second = Buffer.concat([Buffer.from([0xa9]), Buffer.from(line(bob))]);
    expect(rowsOf(format, [line(ann), first, second, line(bob)])).toEqual([
      ann,
      `The row is not valid UTF-8: byte ${first.length} of the row is 0xc3`,
      'The row is not valid UTF-8: byte 1 of the row is 0xa9',
      bob,
    ]);
  });

  test('with a NUL character say at which byte', () => {
    expect(rowsOf(format, [line(ann), broken(0)])).toEqual([ann, `The row has a NUL character: byte ${line(bob).length} of the row`]);
  });

  test('that could not be passed on have the reason as their error', () => {
    const { rows } = read(
      format,
      [line(ann), '', line(bob), broken(0xff)],
      [
        { index: 1, message: 'The row is too long', cause: '' },
        { index: 3, message: 'Reason 5', cause: 'Reason …' },
      ],
    );
    expect(rows.map(({ row, error }) => row?.id ?? error?.message)).toEqual(['ann', 'The row is too long', 'bob', 'Reason 5']);
    expect(rows[1]?.error).toEqual({ message: 'The row is too long', apiErrorCode: 'BAD_REQUEST', statusCode: 400 });
    expect(rows[3]?.error?.cause).toBe('Reason …');
  });

  test('may lie anywhere in their memory', () => {
    const chunk = chunkOf(format, [line(ann), line(bob)]);
    const memory = Buffer.concat([Buffer.from('\u00e9"{'), chunk.rows, Buffer.from([0xff])]);
    const rows = memory.subarray(4, 4 + chunk.rows.length);
    expect(readAll({ ...chunk, rows }, userParser(chunk.plan)).rows).toEqual([{ row: ann }, { row: bob }]);
  });

  test('may be none', () => {
    expect(read(format, [])).toEqual({ rows: [], ignoredFields: [] });
  });

  test('are parsed once each', () => {
    const chunk = chunkOf(format, [line(ann), line(bob)]);
    let parsed = 0;
    const parser = userParser(chunk.plan);
    const counting: RowParser<UserUpsert> = {
      ...parser,
      cells: (cells) => ((parsed += 1), parser.cells(cells)),
      object: (value) => ((parsed += 1), parser.object(value)),
    };
    readAll(chunk, counting);
    expect(parsed).toBe(2);
  });
});
