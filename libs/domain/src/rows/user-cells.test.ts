import { describe, expect, it } from 'vitest';
import type { RowError } from '../row-error.ts';
import { readUserHeader } from './user-header.ts';

const rules = { linkDomains: ['share.example.com'] };

/** Reads a row with good ids and one further cell. */
const readCell = (column: string, cell: string) => readUserHeader(['accountId', 'id', column], rules).parse(['a1', 'u1', cell]);
const badRequest = (message: string) => ({
  error: expect.objectContaining({ message, apiErrorCode: 'BAD_REQUEST', statusCode: 400 }) as RowError,
});
const row = (fields: object) => ({ row: { accountId: 'a1', id: 'u1', ...fields } });

const emailError = badRequest('The provided email field is an invalid email address.');
const localeError = badRequest('The provided locale field is an invalid locale.');
const countryError = badRequest('The provided countryCode field is an invalid country code.');
const codeError = badRequest('The provided referralCode is empty or invalid');
const linkError = badRequest('You have passed an invalid shareLink');
const unknownReferrer = {
  error: expect.objectContaining({
    message: 'No referral code found for the provided code',
    apiErrorCode: 'NOT_FOUND',
    statusCode: 404,
  }) as RowError,
};

describe('cells of a users file', () => {
  it.each([
    ['id', '', 'This request requires a valid non-empty id'],
    ['id', '   ', 'This request requires a valid non-empty id'],
    ['id', '\u00a0', 'This request requires a valid non-empty id'],
    ['id', 'x'.repeat(256), 'The provided id field is invalid: it has more than 255 characters'],
    ['id', '😀'.repeat(256), 'The provided id field is invalid: it has more than 255 characters'],
    ['id', 'u\n1', 'The provided id field is invalid: it has a control character'],
    ['id', 'u\u007f', 'The provided id field is invalid: it has a control character'],
    ['id', 'u\u009f', 'The provided id field is invalid: it has a control character'],
    ['id', 'u\u0085', 'The provided id field is invalid: it has a control character'],
    ['accountId', '', 'This request requires a valid non-empty accountId'],
    ['accountId', '\t', 'This request requires a valid non-empty accountId'],
    ['accountId', 'x'.repeat(256), 'The provided accountId field is invalid: it has more than 255 characters'],
    ['accountId', '\u001fa', 'The provided accountId field is invalid: it has a control character'],
  ])('refuses a row whose %s is %j', (name, cell, message) => {
    const cells = name === 'id' ? ['a1', cell] : [cell, 'u1'];
    expect(readUserHeader(['accountId', 'id'], rules).parse(cells)).toStrictEqual(badRequest(message));
  });

  it.each(['x', 'x'.repeat(255), '😀'.repeat(255), ' spaced ', 'Bo@Example.com', '5c1a…é', 'a\u00a0b', '__proto__'])(
    'takes the id %j as it is',
    (id) => {
      expect(readUserHeader(['accountId', 'id'], rules).parse([id, id])).toStrictEqual({ row: { accountId: id, id } });
    },
  );

  it.each([
    'firstName',
    'lastName',
    'email',
    'referable',
    'locale',
    'countryCode',
    'dateCreated',
    'dateUsTaxFormSubmitted',
    'imageUrl',
    'referredBy.code',
    'referralCodes.p1',
    'shareLinks.p1',
    'customFields.x',
  ])('treats a blank %s as not supplied', (column) => {
    for (const blank of ['', ' ', ' \t ', '\u3000']) expect(readCell(column, blank)).toStrictEqual(row({}));
  });

  it('treats missing trailing cells as not supplied', () => {
    const { parse } = readUserHeader(['accountId', 'id', 'email', 'locale'], rules);
    expect(parse(['a1', 'u1', 'bo@example.com'])).toStrictEqual(row({ email: 'bo@example.com' }));
    expect(parse(['a1', 'u1'])).toStrictEqual(row({}));
    expect(parse(['a1'])).toStrictEqual(badRequest('This request requires a valid non-empty id'));
    expect(parse([])).toStrictEqual(badRequest('This request requires a valid non-empty id'));
  });

  it('refuses a row with more cells than the header has columns', () => {
    expect(readUserHeader(['accountId', 'id'], rules).parse(['a1', 'u1', ''])).toStrictEqual(
      badRequest('The row has 3 cells but the header has 2 columns; put quotes around a cell that has a comma in it'),
    );
  });

  it.each([
    ['firstName', 'firstName'],
    ['email', 'email'],
    ['notAColumn', 'notAColumn'],
    ['', '3'],
  ])('refuses a NUL in the column %j', (column, shown) => {
    expect(readCell(column, 'a\0b')).toStrictEqual(
      badRequest(`The cell in column '${shown}' has a NUL character; save the file as UTF-8 text`),
    );
  });

  it.each([
    ['firstName', 'Bo', 'Bo'],
    ['firstName', ' Zoë ', ' Zoë '],
    ['firstName', '😀'.repeat(255), '😀'.repeat(255)],
    ['lastName', "O'Neil-Łuc 3", "O'Neil-Łuc 3"],
    ['email', 'a@bc.co', 'a@bc.co'],
    ['email', 'bo+x@mail.example.co.uk', 'bo+x@mail.example.co.uk'],
    ['email', 'zoë@exämple.com', 'zoë@exämple.com'],
    ['referable', 'true', true],
    ['referable', 'TRUE', true],
    ['referable', 'True', true],
    ['referable', 'false', false],
    ['referable', 'FALSE', false],
    ['locale', 'en_CA', 'en_CA'],
    ['locale', 'fil_PH', 'fil_PH'],
    ['countryCode', 'CA', 'CA'],
    ['dateCreated', '1580257434000', 1580257434000],
    ['dateCreated', '0', 0],
    ['dateCreated', '-0', 0],
    ['dateCreated', '-86400000', -86400000],
    ['dateUsTaxFormSubmitted', '9007199254740991', Number.MAX_SAFE_INTEGER],
    ['imageUrl', 'not a url', 'not a url'],
    ['imageUrl', 'x'.repeat(2048), 'x'.repeat(2048)],
  ])('reads %s %j', (column, cell, value) => {
    expect(readCell(column, cell)).toStrictEqual(row({ [column]: value }));
  });

  it.each([
    ['firstName', 'x'.repeat(256), badRequest('The provided firstName field is invalid: it has more than 255 characters')],
    ['lastName', 'x'.repeat(256), badRequest('The provided lastName field is invalid: it has more than 255 characters')],
    ['email', 'a@b.co', emailError],
    ['email', '@example.com', emailError],
    ['email', 'bo.example.com', emailError],
    ['email', 'bo@example', emailError],
    ['email', 'bo@example.c', emailError],
    ['email', 'bob@.com', emailError],
    ['email', 'bo@b@example.com', emailError],
    ['email', ' bo@example.com', emailError],
    ['email', `${'x'.repeat(250)}@example.com`, emailError],
    ['referable', 'yes', badRequest('The provided referable field is invalid')],
    ['referable', '1', badRequest('The provided referable field is invalid')],
    ['referable', ' true', badRequest('The provided referable field is invalid')],
    ['referable', 'truefalse', badRequest('The provided referable field is invalid')],
    ['locale', 'th', localeError],
    ['locale', 'en-CA', localeError],
    ['locale', 'EN_CA', localeError],
    ['locale', 'en_ca', localeError],
    ['locale', 'engl_CA', localeError],
    ['locale', 'en_CAN', localeError],
    ['locale', 'en_CA\n', localeError],
    ['countryCode', 'ca', countryError],
    ['countryCode', 'CAN', countryError],
    ['countryCode', 'XX', countryError],
    ['countryCode', 'UK', countryError],
    ['dateCreated', '2020-01-29', badRequest('The provided dateCreated field is invalid')],
    ['dateCreated', '1.5', badRequest('The provided dateCreated field is invalid')],
    ['dateCreated', '1e3', badRequest('The provided dateCreated field is invalid')],
    ['dateCreated', '+1', badRequest('The provided dateCreated field is invalid')],
    ['dateCreated', ' 1', badRequest('The provided dateCreated field is invalid')],
    ['dateCreated', '9007199254740992', badRequest('The provided dateCreated field is invalid')],
    ['dateUsTaxFormSubmitted', 'soon', badRequest('The provided dateUsTaxFormSubmitted field is invalid')],
    ['imageUrl', 'x'.repeat(2049), badRequest('The provided imageUrl field is invalid: it has more than 2048 characters')],
    ['referredBy.code', 'not a code', unknownReferrer],
    ['referralCodes.p1', 'not-a-code', codeError],
    ['referralCodes.p1', ' CODE', codeError],
    ['referralCodes.p1', 'É', codeError],
    ['referralCodes.p1', 'x'.repeat(65), codeError],
    ['shareLinks.p1', 'https://other.example.com/x', linkError],
    ['sharelinks.p1', 'share.example.com/x', linkError],
    ['customFields.x', 'x'.repeat(1025), badRequest('Invalid custom field: x')],
  ])('refuses %s %j', (column, cell, outcome) => {
    expect(readCell(column, cell)).toStrictEqual(outcome);
  });

  it('reads the code of the referrer', () => {
    expect(readCell('referredBy.code', 'BoTester1')).toStrictEqual(row({ referredByCodes: ['BoTester1'] }));
  });

  it('reads codes and links by program, in either spelling of the links', () => {
    const { parse } = readUserHeader(
      ['accountId', 'id', 'referralCodes.p1', 'referralCodes.constructor', 'sharelinks.p1', 'shareLinks.p2'],
      rules,
    );
    const longest = 'x'.repeat(64);
    expect(parse(['a1', 'u1', longest, 'FREE', 'https://share.example.com/a', 'http://share.example.com/b'])).toStrictEqual(
      row({
        referralCodes: { p1: longest, constructor: 'FREE' },
        shareLinks: { p1: 'https://share.example.com/a', p2: 'http://share.example.com/b' },
      }),
    );
    expect(parse(['a1', 'u1', '', '', '', 'http://share.example.com/b'])).toStrictEqual(
      row({ shareLinks: { p2: 'http://share.example.com/b' } }),
    );
  });

  it('keeps custom fields as text, whatever they look like', () => {
    const { parse } = readUserHeader(['accountId', 'id', 'customFields.a', 'customFields.b', 'customFields.c'], rules);
    expect(parse(['a1', 'u1', '42', 'true', '😀'.repeat(1024)])).toStrictEqual(
      row({ customFields: { a: '42', b: 'true', c: '😀'.repeat(1024) } }),
    );
  });

  it('keeps custom fields that are named like parts of an object', () => {
    const { parse } = readUserHeader(
      ['accountId', 'id', 'customFields.__proto__', 'customFields.constructor', 'customFields.toString'],
      rules,
    );
    const parsed = parse(['a1', 'u1', 'x', 'y', 'z']);
    expect(JSON.stringify(parsed.row?.customFields)).toBe('{"__proto__":"x","constructor":"y","toString":"z"}');
    expect(Object.getPrototypeOf(parsed.row?.customFields)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('gives each row its own maps', () => {
    const { parse } = readUserHeader(['accountId', 'id', 'customFields.a'], rules);
    const first = parse(['a1', 'u1', 'one']);
    parse(['a1', 'u1', 'two']);
    expect(first).toStrictEqual(row({ customFields: { a: 'one' } }));
  });

  it('reports the first error in the order of the fields, not of the columns', () => {
    const faults: readonly (readonly [string, string, string])[] = [
      ['id', '', 'This request requires a valid non-empty id'],
      ['accountId', '', 'This request requires a valid non-empty accountId'],
      ['firstName', 'x'.repeat(256), 'firstName'],
      ['lastName', 'x'.repeat(256), 'lastName'],
      ['email', 'x', 'email'],
      ['referable', 'x', 'referable'],
      ['locale', 'x', 'locale'],
      ['countryCode', 'x', 'countryCode'],
      ['dateCreated', 'x', 'dateCreated'],
      ['dateUsTaxFormSubmitted', 'x', 'dateUsTaxFormSubmitted'],
      ['imageUrl', 'x'.repeat(2049), 'imageUrl'],
      ['referredBy.code', '-', 'No referral code found'],
      ['referralCodes.p1', '-', 'referralCode is empty or invalid'],
      ['shareLinks.p1', '-', 'invalid shareLink'],
      ['customFields.b', 'x'.repeat(1025), 'Invalid custom field: b'],
      ['customFields.a', 'x'.repeat(1025), 'Invalid custom field: a'],
    ];
    // The columns go backwards, but for the two custom fields, whose order is the header's own.
    const columns = [...faults.slice(0, -2).toReversed(), ...faults.slice(-2)];
    const { parse } = readUserHeader(
      columns.map(([column]) => column),
      rules,
    );
    const cells = columns.map(([, cell]) => cell);
    for (const [column, , message] of faults) {
      expect(parse(cells).error?.message).toContain(message);
      cells[columns.findIndex(([name]) => name === column)] = column === 'id' || column === 'accountId' ? 'x' : '';
    }
    expect(parse(cells)).toStrictEqual({ row: { accountId: 'x', id: 'x' } });
  });
});
