import { describe, expect, test } from 'vitest';
import type { RowError } from './row-error.ts';
import { badRequest, causeOf, rowError } from './row-error.ts';
import { parseUserObject, readUserHeader } from './rows/index.ts';
import { wording } from './wording.ts';

const rules = { linkDomains: [] };
const toldOf = (error: RowError | undefined) => error && [error.column, causeOf(error)];

test('a plain text is its own cause', () => {
  expect(rowError('CONFLICT', 'It is taken', 'email')).toStrictEqual({
    ...{ message: 'It is taken', apiErrorCode: 'CONFLICT', statusCode: 409, column: 'email' },
  });
  expect(causeOf(badRequest('It is wrong'))).toBe('It is wrong');
});

test('the cause of a wording is kept beside its message', () => {
  expect(badRequest(wording`It has ${2} cells`)).toStrictEqual({
    ...{ message: 'It has 2 cells', cause: 'It has … cells', apiErrorCode: 'BAD_REQUEST', statusCode: 400 },
  });
});

describe('an error of a CSV row names the field that is wrong, and its cause has nothing of the row', () => {
  const columns = ['accountId', 'id', 'firstName', 'email', 'referable', 'dateCreated', 'referredBy.code'];
  const others = ['referralCodes.p1', 'sharelinks.p1', 'customFields.plan', 'note'];
  const { parse } = readUserHeader([...columns, ...others], rules);
  test.each<[string[], string | undefined, string]>([
    [['a1', ' '], 'id', 'This request requires a valid non-empty id'],
    [['', 'u1'], 'accountId', 'This request requires a valid non-empty accountId'],
    [['a1', 'u\u0007'], 'id', 'The provided id field is invalid: it has a control character'],
    [['a1', 'u1', 'x'.repeat(256)], 'firstName', 'The provided firstName field is invalid: it has more than 255 characters'],
    [['a1', 'u1', '', 'nobody'], 'email', 'The provided email field is an invalid email address.'],
    [['a1', 'u1', '', '', 'maybe'], 'referable', 'The provided referable field is invalid'],
    [['a1', 'u1', '', '', '', 'May'], 'dateCreated', 'The provided dateCreated field is invalid'],
    [['a1', 'u1', '', '', '', '', 'no code'], 'referredBy.code', 'No referral code found for the provided code'],
    [['a1', 'u1', '', '', '', '', '', 'no code'], 'referralCodes.p1', 'The provided referralCode is empty or invalid'],
    [['a1', 'u1', '', '', '', '', '', '', 'no link'], 'shareLinks.p1', 'You have passed an invalid shareLink'],
    [['a1', 'u1', '', '', '', '', '', '', '', 'x'.repeat(1025)], 'customFields.plan', 'Invalid custom field: plan'],
    [
      ['a1', 'u1', '', '', '', '', '', '', '', '', '\0'],
      'note',
      "The cell in column 'note' has a NUL character; save the file as UTF-8 text",
    ],
    [
      Array.from({ length: 12 }, () => 'x'),
      undefined,
      'The row has … cells but the header has 11 columns; put quotes around a cell that has a comma in it',
    ],
  ])('%j', (cells, column, cause) => {
    expect(toldOf(parse(cells).error)).toEqual([column, cause]);
  });
});

describe('an error of a JSONL line names the field that is wrong, and its cause has nothing of the row', () => {
  test.each<[object, string | undefined, string]>([
    [[], undefined, 'The line is not a JSON object'],
    [{ email: 5 }, 'email', 'The provided email field is invalid'],
    [{ referredBy: { code: 5 } }, 'referredBy.code', 'The provided referredBy.code field is invalid'],
    [{ referredBy: 'x' }, 'referredBy', 'The provided referredBy field is invalid'],
    [{ referredByCodes: ['a b'] }, 'referredByCodes', 'No referral code found for the provided code'],
    [{ referralCodes: { p1: 5 } }, 'referralCodes.p1', 'The provided referralCode is empty or invalid'],
    [{ referralCodes: { 'a@b': 'A' } }, 'referralCodes', "The provided referralCodes field is invalid: '…' is not a program id"],
    [{ customFields: { plan: [] } }, 'customFields.plan', 'Invalid custom field: plan'],
    [{ customFields: { 'ann@example.com': 1 } }, 'customFields', 'Invalid custom field: …'],
    [
      { customFields: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, 1])) },
      'customFields',
      'A row has at most 100 custom fields, this one has …',
    ],
    [{ segments: ['a b'] }, 'segments', "Invalid segment operation: '…'; write a segment's key, '~' and a key, or '~*'"],
  ])('%j', (fields, column, cause) => {
    const line = Array.isArray(fields) ? fields : { accountId: 'a1', id: 'u1', ...fields };
    expect(toldOf(parseUserObject(line, rules).error)).toEqual([column, cause]);
  });
});
