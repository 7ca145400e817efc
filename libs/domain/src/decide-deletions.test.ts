import { describe, expect, test } from 'vitest';
import type { User } from './account.ts';
import { keysOf } from './codes.ts';
import { decideDeletions } from './decide-deletions.ts';
import type { ImportParams } from './import-plan.ts';
import type { UserDeletion } from './rows/row-types.ts';
import { numbered, planOf, userOf } from './test-support.ts';

const ann = userOf({ id: 'ann', codes: { default: ['ANN', 'ANN2'] }, links: { default: ['https://example.com/ann'] } });
const bob = userOf({ id: 'bob' });
const notFound = {
  kind: 'failed',
  error: { message: 'No user found for the provided id', apiErrorCode: 'NOT_FOUND', statusCode: 404, column: 'id' },
};
const deleted = (id: string) => ({ kind: 'deleted', result: ['a1', id] });

/** Deletes users of the account `a1`, which has these users unless it is absent. */
function remove(users: readonly User[] | undefined, rows: readonly Omit<UserDeletion, 'accountId'>[], params: Partial<ImportParams> = {}) {
  const before = users === undefined ? undefined : { id: 'a1', dateCreated: 1, users };
  const plan = planOf({ type: 'deletions', params: { ...planOf().params, ...params } });
  return { before, ...decideDeletions(before, numbered(rows.map((row) => ({ accountId: 'a1', ...row }))), plan) };
}

describe('an account', () => {
  test('keeps its other users', () => {
    const { account, outcomes } = remove([ann, bob], [{ id: 'ann' }]);
    expect(account).toEqual({ id: 'a1', dateCreated: 1, users: [bob] });
    expect(outcomes).toEqual([deleted('ann')]);
  });

  test.each<[boolean | undefined, boolean, 'kept' | 'gone']>([
    [undefined, false, 'gone'],
    [undefined, true, 'kept'],
    [true, false, 'kept'],
    [false, true, 'gone'],
    [true, true, 'kept'],
    [false, false, 'gone'],
  ])('that a row empties, with preserveEmptyAccount %s in the row and %s in the job, is %s', (row, preserveEmptyAccounts, fate) => {
    const option = row === undefined ? {} : { preserveEmptyAccount: row };
    const { account } = remove([ann], [{ id: 'ann', ...option }], { preserveEmptyAccounts });
    expect(account).toEqual(fate === 'gone' ? undefined : { id: 'a1', dateCreated: 1, users: [] });
  });

  test('goes or stays as the row says that empties it, whatever the rows before said', () => {
    const rows = (first: boolean, last: boolean) => [
      { id: 'ann', preserveEmptyAccount: first },
      { id: 'bob', preserveEmptyAccount: last },
    ];
    expect(remove([ann, bob], rows(true, false)).account).toBeUndefined();
    expect(remove([ann, bob], rows(false, true)).account).toEqual({ id: 'a1', dateCreated: 1, users: [] });
  });

  test('that was empty before stays, also when somebody is to be deleted from it', () => {
    const { account, before, outcomes } = remove([], [{ id: 'ann', preserveEmptyAccount: false }]);
    expect(account).toBe(before);
    expect(outcomes).toEqual([notFound]);
  });

  test('is as it was loaded when no row applies', () => {
    const { account, before } = remove([ann], [{ id: 'bob' }, { id: 'Ann' }]);
    expect(account).toBe(before);
  });

  test('that is not there has no users', () => {
    const { account, outcomes } = remove(undefined, [{ id: 'ann', preserveEmptyAccount: true }]);
    expect(account).toBeUndefined();
    expect(outcomes).toEqual([notFound]);
  });
});

test('the second row that deletes a user finds none, whether the account is gone or not', () => {
  for (const users of [[ann], [ann, bob]]) {
    for (const preserveEmptyAccount of [true, false]) {
      const row = { id: 'ann', preserveEmptyAccount };
      expect(remove(users, [row, row]).outcomes).toEqual([deleted('ann'), notFound]);
    }
  }
});

test('frees the codes and links of those who go, ends their lives, and touches nobody else’s', () => {
  const { freed, erased, listed, referrals } = remove([ann, bob], [{ id: 'ann' }, { id: 'ann' }, { id: 'nobody' }]);
  expect(freed).toEqual(keysOf(ann));
  expect(erased).toEqual(['life of ann']);
  expect([listed, referrals]).toEqual([[], []]);
  expect(remove([ann, bob], [{ id: 'nobody' }])).toMatchObject({ freed: [], erased: [] });
});

describe('the do-not-track list', () => {
  test.each<[boolean | undefined, boolean, boolean]>([
    [undefined, false, false],
    [undefined, true, true],
    [true, false, true],
    [false, true, false],
    [true, true, true],
    [false, false, false],
  ])('with doNotTrack %s in the row and %s in the job gets the user: %s', (row, job, isListed) => {
    const option = row === undefined ? {} : { doNotTrack: row };
    const { doNotTrack } = remove([ann, bob], [{ id: 'ann', ...option }], { doNotTrack: job });
    expect(doNotTrack).toEqual(isListed ? [{ accountId: 'a1', id: 'ann' }] : []);
  });

  test('gets nobody who was not there', () => {
    expect(remove([ann], [{ id: 'bob', doNotTrack: true }]).doNotTrack).toEqual([]);
    expect(remove(undefined, [{ id: 'bob', doNotTrack: true }]).doNotTrack).toEqual([]);
  });
});
