import { expect, test } from 'vitest';
import { isCustomField } from './column-meaning.ts';
import { deletionObjectColumns, readDeletionHeader } from './deletion-rows.ts';
import { readUserHeader } from './user-header.ts';
import { userObjectColumns } from './user-object.ts';

const meaningsOf = (header: string) => readUserHeader(header.split(','), { linkDomains: [] }).columns;

test('each column of a header has its meaning, in the header’s order', () => {
  expect(meaningsOf('email,id,sharelinks.p1,customFields.plan,referredBy.code,accountId')).toEqual([
    { name: 'email', field: 'email' },
    { name: 'id', field: 'id' },
    { name: 'sharelinks.p1', field: 'shareLinks.p1' },
    { name: 'customFields.plan', field: 'customFields.plan' },
    { name: 'referredBy.code', field: 'referredBy.code' },
    { name: 'accountId', field: 'accountId' },
  ]);
});

test('a column that is not read has no field, and perhaps a name that was meant', () => {
  expect(meaningsOf('accountId,id,Email,colour,segments,paymentProviderId,,customFields,customFields.a b,x,x').slice(2)).toEqual([
    { name: 'Email', suggestion: 'email' },
    { name: 'colour' },
    { name: 'segments' },
    { name: 'paymentProviderId' },
    { name: '' },
    { name: 'customFields', suggestion: 'customFields.…' },
    { name: 'customFields.a b' },
    { name: 'x' },
    { name: 'x' },
  ]);
  expect(readDeletionHeader(['accountID', 'id']).columns).toEqual([
    { name: 'accountID', suggestion: 'accountId' },
    { name: 'id', field: 'id' },
  ]);
});

test('the fields of a line are those of its objects, each with its value', () => {
  const line = {
    ...{ id: 'u1', email: null, customFields: { plan: 1, 'a b': 2 }, referralCodes: { p1: 'A', a_b: 'B' } },
    ...{ referredBy: { code: 'C', isConverted: true }, shareLinks: 'none', segments: ['vip'] },
  };
  expect(userObjectColumns(line)).toEqual([
    { name: 'id', field: 'id', value: 'u1' },
    { name: 'email', field: 'email', value: null },
    { name: 'customFields.plan', field: 'customFields.plan', value: 1 },
    { name: 'customFields.a b', value: 2 },
    { name: 'referralCodes.p1', field: 'referralCodes.p1', value: 'A' },
    { name: 'referralCodes.a_b', value: 'B' },
    { name: 'referredBy.code', field: 'referredBy.code', value: 'C' },
    { name: 'referredBy.isConverted', value: true },
    { name: 'shareLinks', field: 'shareLinks', value: 'none' },
    { name: 'segments', field: 'segments', value: ['vip'] },
  ]);
});

test('the fields of a line that are not read have perhaps a name that was meant', () => {
  const line = { firstname: 'Bo', 'referredBy.code': 'C', colour: { a: 1 }, paymentProviderId: 1, ['__proto__']: 1 };
  expect(userObjectColumns(line)).toEqual([
    { name: 'firstname', suggestion: 'firstName', value: 'Bo' },
    { name: 'referredBy.code', suggestion: 'referredBy', value: 'C' },
    { name: 'colour', value: { a: 1 } },
    { name: 'paymentProviderId', value: 1 },
    { name: '__proto__', value: 1 },
  ]);
  expect(deletionObjectColumns({ donottrack: true })).toEqual([{ name: 'donottrack', suggestion: 'doNotTrack', value: true }]);
  for (const value of [null, [1], 'text', 5]) expect(userObjectColumns(value)).toEqual([]);
});

test('custom fields are told from others by their field', () => {
  expect(['customFields.plan', 'customFields', 'email', 'referralCodes.plan'].filter(isCustomField)).toEqual(['customFields.plan']);
});
