import { expect, test } from 'vitest';
import { accountAddress, jobsAddress, readParticipantName, readTenant, unescapePath } from './addresses.ts';

test('ids of any characters fit in an address', () => {
  expect(accountAddress('default', 'a/b?c', 'bo@example.com')).toBe('/t/default/participants/account?id=a%2Fb%3Fc&user=bo%40example.com');
  expect(accountAddress('default', 'a')).toBe('/t/default/participants/account?id=a');
});

test('what does not restrict is not in the address', () => {
  expect(jobsAddress('default', { type: '', status: 'PENDING' })).toBe('/t/default/jobs?status=PENDING');
  expect(jobsAddress('default', { type: '' })).toBe('/t/default/jobs');
});

test('a resource name gives the ids as they are', () => {
  expect(readParticipantName('tenants/default/accounts/a%2Fb/participants/bo%40example.com')).toEqual({
    account: 'a/b',
    id: 'bo@example.com',
  });
  expect(readParticipantName('')).toBeUndefined();
});

test.each([
  ['/t/default/jobs', '/t/default/jobs', 'default'],
  ['/t/a%20b', '/t/a b', 'a b'],
  ['/', '/', undefined],
  ['/t/%E0', undefined, undefined],
  ['/t/%/jobs', undefined, undefined],
  ['/t/default/jobs/%E0', undefined, 'default'],
])('a path is read as far as it can be: %s', (path, unescaped, tenant) => {
  expect(unescapePath(path)).toBe(unescaped);
  expect(readTenant(path)).toBe(tenant);
});
