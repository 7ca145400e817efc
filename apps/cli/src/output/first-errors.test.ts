import { expect, test } from 'vitest';
import { firstErrors } from './first-errors.ts';

const csv = 'recordNumber,message,apiErrorCode,statusCode\n3,"a, ""b""",BAD_REQUEST,400\n4,c,NOT_FOUND,404\n5,cut o';

test('reads the first errors of a CSV file, and no record that is cut off', () => {
  expect(firstErrors('x.errors.csv', Buffer.from(csv), 5)).toEqual([
    { recordNumber: 3, message: 'a, "b"', apiErrorCode: 'BAD_REQUEST' },
    { recordNumber: 4, message: 'c', apiErrorCode: 'NOT_FOUND' },
  ]);
  expect(firstErrors('x.errors.csv', Buffer.from(csv), 1)).toHaveLength(1);
});

test('reads the first errors of a JSON Lines file', () => {
  const line = { recordNumber: 1, message: 'a', apiErrorCode: 'BAD_REQUEST', statusCode: 400 };
  const head = Buffer.from(`${JSON.stringify(line)}\n{"recordNumber":2,"mess`);
  expect(firstErrors('x.errors.jsonl', head, 5)).toEqual([line]);
});
