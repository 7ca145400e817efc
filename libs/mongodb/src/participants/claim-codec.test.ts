import { expect, test } from 'vitest';
import { claimOf, storedClaim } from './claim-codec.ts';
import type { ClaimDocument } from './protocol/claims.ts';

const job = { job: 'job-1', term: 'term-1', program: 'p', code: 'ABC' };
const plain: ClaimDocument = { _id: 'acme/code:ABC', token: 't', owner: { accountId: 'a', id: 'a' }, jobs: [job] };

test.each<[string, ClaimDocument]>([
  ['of a generated code', plain],
  ['of a user who is not named as the account', { ...plain, owner: { accountId: 'a', id: 'b' } }],
  ['of users with empty names', { ...plain, owner: { accountId: '', id: '' } }],
  ['by nobody', { ...plain, jobs: [] }],
  ['of a code in small letters', { ...plain, jobs: [{ ...job, code: 'aBc' }] }],
  ['of a code in which a prefix of another kind is spelt', { ...plain, _id: 'acme/code:CODE:ABC', jobs: [{ ...job, code: 'code:ABC' }] }],
  ['of a link', { ...plain, _id: 'acme/link:example.com/a', jobs: [{ ...job, code: 'https://Example.com/a' }] }],
  ['of a link that is spelt as its key', { ...plain, _id: 'acme/link:example', jobs: [{ ...job, code: 'link:example' }] }],
  ['of a tenant with a slash', { ...plain, _id: 'ac%2Fme/code:A/B', jobs: [{ ...job, code: 'A/B' }] }],
  ['of rows of files', { ...plain, jobs: [{ ...job, record: 0 }, job, { ...job, job: 'job-2', code: 'abc', record: 17 }] }],
  ['with a lister', { ...plain, lister: 'job-3' }],
])('a claim %s is read as it was written', (_, claim) => {
  expect(claimOf(storedClaim(claim))).toStrictEqual(claim);
});

test('a claim of a generated code takes little room', () => {
  expect(storedClaim(plain).content).toBe('["a",null,null,"job-1","term-1","p",null,null]');
});
