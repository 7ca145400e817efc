import { describe, expect, it } from 'vitest';
import { nearName } from './near-name.ts';

const known = ['id', 'accountId', 'email', 'locale', 'referable', 'referredBy.code'];

describe('the known name that a person most likely meant', () => {
  it.each([
    ['referrable', 'referable'],
    ['refrable', 'referable'],
    ['referabel', 'referable'],
    ['referrrable', 'referable'],
    ['referebel', undefined],
    ['lcal', 'locale'],
    ['ACCOUNT-ID', 'accountId'],
    ['e mail', 'email'],
    ['emial!', undefined],
    ['emai', 'email'],
    ['local', 'locale'],
    ['loco', undefined],
    ['refer', undefined],
    ['uid', undefined],
    ['referred_by_code', 'referredBy.code'],
    ['', undefined],
    ['名前', undefined],
    [`email${' '.repeat(80)}`, undefined],
  ])('%j: %s', (name, meant) => {
    expect(nearName(name, known)).toBe(meant);
  });

  it('is the nearest one, or the first of those', () => {
    expect(nearName('abcdefgh', ['abcdefxx', 'abcdefgx', 'abcdefyy'])).toBe('abcdefgx');
    expect(nearName('abcdefgh', ['abcdefxx', 'abcdefyy'])).toBe('abcdefxx');
  });
});
