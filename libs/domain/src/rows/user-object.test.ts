import { describe, expect, it } from 'vitest';
import type { RowError } from '../row-error.ts';
import { parseUserObject, unknownUserKeys } from './user-object.ts';

const rules = { linkDomains: ['example.com'] };

/** Reads a line with good ids and the given further fields. */
const parse = (fields: object) => parseUserObject({ accountId: 'a1', id: 'u1', ...fields }, rules);
const parseLine = (line: string) => parseUserObject(JSON.parse(line), rules);
const badRequest = (message: string) => ({
  error: expect.objectContaining({ message, apiErrorCode: 'BAD_REQUEST', statusCode: 400 }) as RowError,
});
const row = (fields: object) => ({ row: { accountId: 'a1', id: 'u1', ...fields } });

describe('lines of a users file', () => {
  it('reads the published sample line', () => {
    const line =
      '{"accountId":"a1","id":"u1","firstName":"Bo","lastName":"T","email":"bo@example.com","locale":"en_CA","referable":true,"referredBy":{"code":"ABC"},' +
      '"referralCodes":{"program1":"FREE"},"shareLinks":{"program1":"http://example.com/free"},"customFields":{"province":"QC"},"dateCreated":1580257434000}';
    expect(parseLine(line)).toStrictEqual(
      row({
        firstName: 'Bo',
        lastName: 'T',
        email: 'bo@example.com',
        referable: true,
        locale: 'en_CA',
        dateCreated: 1580257434000,
        referredByCodes: ['ABC'],
        referralCodes: { program1: 'FREE' },
        shareLinks: { program1: 'http://example.com/free' },
        customFields: { province: 'QC' },
      }),
    );
  });

  it.each([[null], [[]], [['a1', 'u1']], ['text'], [5], [true]])('refuses %j, which is no object', (value) => {
    expect(parseUserObject(value, rules)).toStrictEqual(badRequest('The line is not a JSON object'));
  });

  it.each([
    [{ accountId: 'a1' }, 'This request requires a valid non-empty id'],
    [{ accountId: 'a1', id: null }, 'This request requires a valid non-empty id'],
    [{ accountId: 'a1', id: '' }, 'This request requires a valid non-empty id'],
    [{ accountId: 'a1', id: ' ' }, 'This request requires a valid non-empty id'],
    [{ accountId: 'a1', id: 5 }, 'This request requires a valid non-empty id'],
    [{ accountId: 'a1', id: 'a\0b' }, 'The provided id field is invalid: it has a control character'],
    [{ accountId: 'a1', id: '\ud800' }, 'The provided id field is invalid: it has half of a surrogate pair'],
    [{ accountId: 'a1', id: 'x'.repeat(256) }, 'The provided id field is invalid: it has more than 255 characters'],
    [{ id: 'u1' }, 'This request requires a valid non-empty accountId'],
    [{ id: 'u1', accountId: {} }, 'This request requires a valid non-empty accountId'],
    [{}, 'This request requires a valid non-empty id'],
  ])('refuses the ids of %j', (value, message) => {
    expect(parseUserObject(value, rules)).toStrictEqual(badRequest(message));
  });

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
    'referredBy',
    'referredByCodes',
    'referralCodes',
    'shareLinks',
    'segments',
    'customFields',
  ])('treats a null %s as absent', (name) => {
    expect(parse({ [name]: null })).toStrictEqual(row({}));
  });

  it.each([
    { firstName: '' },
    { lastName: 'Łuc' },
    { email: 'a@bc.co' },
    { referable: false },
    { locale: 'fr_CA' },
    { countryCode: 'FR' },
    { dateCreated: -1 },
    { dateUsTaxFormSubmitted: 0 },
    { imageUrl: '' },
    { referredByCodes: ['A', 'b2'] },
    { referralCodes: { p1: 'A', 'p-2': 'b', constructor: 'c' } },
    { shareLinks: { p1: 'https://example.com/a' } },
    { segments: ['~*', 'vip'] },
    { customFields: { text: 'x', empty: '', number: 1.5, flag: false, gone: null } },
  ])('takes %j as it is', (fields) => {
    expect(parse(fields)).toStrictEqual(row(fields));
  });

  it.each([{ referredBy: {} }, { referralCodes: {} }, { shareLinks: {} }, { customFields: {} }, { segments: [] }, { referredByCodes: [] }])(
    'accepts the empty %j, which asks for nothing',
    (fields) => {
      expect(parse(fields)).toStrictEqual(row({}));
    },
  );

  it.each([
    [{ firstName: 5 }, 'The provided firstName field is invalid'],
    [{ firstName: 'a\0b' }, 'The provided firstName field is invalid'],
    [{ firstName: '\udc00' }, 'The provided firstName field is invalid'],
    [{ firstName: 'x'.repeat(256) }, 'The provided firstName field is invalid: it has more than 255 characters'],
    [{ lastName: {} }, 'The provided lastName field is invalid'],
    [{ email: 5 }, 'The provided email field is invalid'],
    [{ email: '' }, 'The provided email field is an invalid email address.'],
    [{ email: 'bo@example' }, 'The provided email field is an invalid email address.'],
    [{ referable: 'true' }, 'The provided referable field is invalid'],
    [{ referable: 1 }, 'The provided referable field is invalid'],
    [{ locale: [] }, 'The provided locale field is invalid'],
    [{ locale: 'th' }, 'The provided locale field is an invalid locale.'],
    [{ countryCode: true }, 'The provided countryCode field is invalid'],
    [{ countryCode: 'XX' }, 'The provided countryCode field is an invalid country code.'],
    [{ dateCreated: '1580257434000' }, 'The provided dateCreated field is invalid'],
    [{ dateCreated: 1.5 }, 'The provided dateCreated field is invalid'],
    [{ dateCreated: 2 ** 53 }, 'The provided dateCreated field is invalid'],
    [{ dateUsTaxFormSubmitted: 'x' }, 'The provided dateUsTaxFormSubmitted field is invalid'],
    [{ imageUrl: 5 }, 'The provided imageUrl field is invalid'],
    [{ referredBy: 'ABC' }, 'The provided referredBy field is invalid'],
    [{ referredBy: ['ABC'] }, 'The provided referredBy field is invalid'],
    [{ referredBy: { code: 5 } }, 'The provided referredBy.code field is invalid'],
    [{ referredByCodes: 'ABC' }, 'The provided referredByCodes field is invalid'],
    [{ referredByCodes: ['ABC', 5] }, 'The provided referredByCodes field is invalid'],
    [{ referredByCodes: [''] }, 'The provided referredByCodes field is invalid'],
    [{ referralCodes: ['ABC'] }, 'The provided referralCodes field is invalid'],
    [{ referralCodes: 'ABC' }, 'The provided referralCodes field is invalid'],
    [{ referralCodes: { p1: '' } }, 'The provided referralCode is empty or invalid'],
    [{ referralCodes: { p1: 5 } }, 'The provided referralCode is empty or invalid'],
    [{ referralCodes: { p1: 'A', p2: 'not-a-code' } }, 'The provided referralCode is empty or invalid'],
    [{ referralCodes: { 'a b': 'ABC' } }, "The provided referralCodes field is invalid: 'a b' is not a program id"],
    [{ shareLinks: 5 }, 'The provided shareLinks field is invalid'],
    [{ shareLinks: { p1: '' } }, 'You have passed an invalid shareLink'],
    [{ shareLinks: { p1: 'https://other.example.com/' } }, 'You have passed an invalid shareLink'],
    [{ shareLinks: { a_b: 'https://example.com/' } }, "The provided shareLinks field is invalid: 'a_b' is not a program id"],
    [{ segments: 'vip' }, 'The provided segments field is invalid'],
    [{ segments: ['a b'] }, "Invalid segment operation: 'a b'; write a segment's key, '~' and a key, or '~*'"],
    [{ customFields: [] }, 'The provided customFields field is invalid'],
    [{ customFields: 'x' }, 'The provided customFields field is invalid'],
    [{ customFields: { good: 1, list: [] } }, 'Invalid custom field: list'],
    [{ customFields: { object: {} } }, 'Invalid custom field: object'],
    [{ customFields: { infinite: Infinity } }, 'Invalid custom field: infinite'],
    [{ customFields: { long: 'x'.repeat(1025) } }, 'Invalid custom field: long'],
    [{ customFields: { nul: '\0' } }, 'Invalid custom field: nul'],
    [{ customFields: { 'a b': 1 } }, 'Invalid custom field: a b'],
    [{ customFields: { 'a.b': 1 } }, 'Invalid custom field: a.b'],
    [{ customFields: { '': 1 } }, 'Invalid custom field: '],
    [{ customFields: { ['x'.repeat(65)]: 1 } }, `Invalid custom field: ${'x'.repeat(64)}…`],
    [{ customFields: { 'a\nb': 1 } }, 'Invalid custom field: a\uFFFDb'],
  ])('refuses %j', (fields, message) => {
    expect(parse(fields)).toStrictEqual(badRequest(message));
  });

  it('finds nobody by what cannot be a code', () => {
    const unknown = {
      error: expect.objectContaining({
        message: 'No referral code found for the provided code',
        apiErrorCode: 'NOT_FOUND',
        statusCode: 404,
      }) as RowError,
    };
    expect(parse({ referredBy: { code: 'not a code' } })).toStrictEqual(unknown);
    expect(parse({ referredByCodes: ['x'.repeat(65)] })).toStrictEqual(unknown);
  });

  it('accepts 100 custom fields and refuses 101', () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, index]));
    expect(parse({ customFields: fields(100) })).toStrictEqual(row({ customFields: fields(100) }));
    expect(parse({ customFields: fields(101) })).toStrictEqual(badRequest('A row has at most 100 custom fields, this one has 101'));
  });

  it('treats a blank code of the referrer as not supplied', () => {
    for (const code of ['', ' ', null]) expect(parse({ referredBy: { code } })).toStrictEqual(row({}));
  });

  it('ignores whether the referral is converted', () => {
    expect(parse({ referredBy: { code: 'ABC', isConverted: 'maybe' } })).toStrictEqual(row({ referredByCodes: ['ABC'] }));
  });

  it('puts the code of referredBy before referredByCodes and names each once', () => {
    expect(parse({ referredByCodes: ['B', 'A', 'C'], referredBy: { code: 'A' } })).toStrictEqual(row({ referredByCodes: ['A', 'B', 'C'] }));
  });

  it('treats a null entry of a program as absent', () => {
    expect(parse({ referralCodes: { p1: null, p2: 'A' }, shareLinks: { p1: null } })).toStrictEqual(row({ referralCodes: { p2: 'A' } }));
  });

  it('turns the date -0 into 0', () => {
    expect(parseLine('{"accountId":"a1","id":"u1","dateCreated":-0}')).toStrictEqual(row({ dateCreated: 0 }));
  });

  it('refuses a number beyond what JSON can carry on', () => {
    expect(parseLine('{"accountId":"a1","id":"u1","customFields":{"x":1e999}}')).toStrictEqual(badRequest('Invalid custom field: x'));
  });

  it('keeps custom fields that are named like parts of an object', () => {
    const parsed = parseLine('{"accountId":"a1","id":"u1","customFields":{"__proto__":"x","constructor":"y"}}');
    expect(JSON.stringify(parsed.row?.customFields)).toBe('{"__proto__":"x","constructor":"y"}');
  });

  it('takes no field from a key called __proto__', () => {
    expect(parseLine('{"accountId":"a1","__proto__":{"id":"u1"}}')).toStrictEqual(badRequest('This request requires a valid non-empty id'));
    expect(parseLine('{"accountId":"a1","id":"u1","__proto__":{"email":5}}')).toStrictEqual(row({}));
  });

  it('ignores classic, unknown, misspelt and dotted keys', () => {
    const ignored = {
      paymentProviderId: 5,
      referralCode: 5,
      referrable: 5,
      sharelinks: { p1: 5 },
      'customFields.x': 'y',
      'referredBy.code': 'ABC',
      Email: 5,
    };
    expect(parse(ignored)).toStrictEqual(row({}));
    expect(unknownUserKeys({ accountId: 'a1', id: 'u1', email: 'x', segments: [], ...ignored })).toEqual([
      'referrable',
      'sharelinks',
      'customFields.x',
      'referredBy.code',
      'Email',
    ]);
  });

  it('knows no unknown keys of a value that is no object', () => {
    for (const value of [null, [1], 'text', 5]) expect(unknownUserKeys(value)).toEqual([]);
  });

  it('reports the first error in the order of the fields, not of the keys', () => {
    const faults: readonly (readonly [string, unknown, string])[] = [
      ['id', 5, 'non-empty id'],
      ['accountId', 5, 'non-empty accountId'],
      ['firstName', 5, 'firstName'],
      ['lastName', 5, 'lastName'],
      ['email', 5, 'email'],
      ['referable', 5, 'referable'],
      ['locale', 5, 'locale'],
      ['countryCode', 5, 'countryCode'],
      ['dateCreated', '', 'dateCreated'],
      ['dateUsTaxFormSubmitted', '', 'dateUsTaxFormSubmitted'],
      ['imageUrl', 5, 'imageUrl'],
      ['referredBy', 5, 'referredBy field'],
      ['referredByCodes', 5, 'referredByCodes'],
      ['referralCodes', 5, 'referralCodes'],
      ['shareLinks', 5, 'shareLinks'],
      ['segments', 5, 'segments'],
      ['customFields', 5, 'customFields'],
    ];
    const line: Record<string, unknown> = Object.fromEntries(faults.toReversed().map(([name, value]) => [name, value]));
    for (const [name, , message] of faults) {
      expect(parseUserObject(line, rules).error?.message).toContain(message);
      line[name] = name === 'id' || name === 'accountId' ? 'x' : null;
    }
    expect(parseUserObject(line, rules)).toStrictEqual({ row: { accountId: 'x', id: 'x' } });
  });
});
