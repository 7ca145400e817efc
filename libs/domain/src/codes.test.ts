import { describe, expect, test } from 'vitest';
import { codeKey, generatedCode, incarnationOf, keysOf, linkKey, linkPrefixes, referralId, shareLink } from './codes.ts';
import { digest, userOf } from './test-support.ts';

const ann = { accountId: 'a1', id: 'ann' };

describe('codeKey', () => {
  test('is the same in any letter case, and no link’s key', () => {
    expect(codeKey('Spring1')).toBe(codeKey('sPRING1'));
    expect(codeKey('Spring1')).not.toBe(codeKey('Spring2'));
    expect(codeKey('EXAMPLE')).not.toBe(linkKey('https://example'));
  });
});

describe('linkKey', () => {
  test.each([
    ['https://Example.COM/ann', 'https://example.com/ann'],
    ['https://example.com/ann/', 'https://example.com/ann'],
    ['https://example.com/ann//', 'https://example.com/ann'],
    ['http://example.com/ann', 'https://example.com/ann'],
    ['https://example.com:443/ann', 'https://example.com/ann'],
    ['https://example.com', 'https://example.com/'],
  ])('takes %s and %s for one link', (one, other) => {
    expect(linkKey(one)).toBe(linkKey(other));
  });

  test.each([
    ['https://example.com/Ann', 'https://example.com/ann'],
    ['https://example.com/ann?a=1', 'https://example.com/ann?a=2'],
    ['https://example.com:8080/ann', 'https://example.com/ann'],
    ['https://a.example.com/ann', 'https://example.com/ann'],
    ['https://example.com/a/nn', 'https://example.com/ann'],
  ])('tells %s and %s apart', (one, other) => {
    expect(linkKey(one)).not.toBe(linkKey(other));
  });
});

describe('generatedCode', () => {
  const code = (attempt = 0, user = ann, programId = 'default', tenant = 'acme') => generatedCode(digest, tenant, programId, user, attempt);

  test('is 16 capitals and digits, the same every time', () => {
    expect(code()).toMatch(/^[0-9A-Z]{16}$/);
    expect(code()).toBe(code());
    // A job that a later version resumes has to generate the same.
    expect(code()).toBe('11AKV94CQUJ34RXB');
  });

  test('is another for every tenant, program, account and user', () => {
    const codes = [
      code(),
      code(0, { ...ann, id: 'bob' }),
      code(0, { ...ann, accountId: 'a2' }),
      code(0, { accountId: 'a1ann', id: '' }),
      code(0, { accountId: 'ann', id: 'a1' }),
      code(0, ann, 'spring'),
      code(0, ann, 'default', 'other'),
    ];
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('is four characters longer with each further attempt, and then another one each time', () => {
    const attempts = Array.from({ length: 10 }, (_, attempt) => code(attempt));
    expect(attempts.map(({ length }) => length)).toEqual([16, 20, 24, 28, 32, 32, 32, 32, 32, 32]);
    for (let attempt = 1; attempt <= 4; attempt += 1) expect(attempts[attempt]?.startsWith(attempts[attempt - 1] ?? '?')).toBe(true);
    expect(new Set(attempts).size).toBe(10);
  });

  test('uses all letters and digits alike', () => {
    const counts = new Map<string, number>();
    for (let user = 0; user < 2000; user += 1) {
      for (const character of code(4, { accountId: 'a1', id: `u${user}` })) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const mean = (2000 * 32) / 36;
    expect(counts.size).toBe(36);
    for (const [character, count] of counts) expect(Math.abs(count / mean - 1), character).toBeLessThan(0.25);
  });
});

describe('ids made from hashes', () => {
  test('an incarnation is named by job and user', () => {
    const ids = [
      incarnationOf(digest, 'job-1', ann),
      incarnationOf(digest, 'job-2', ann),
      incarnationOf(digest, 'job-1', { ...ann, id: 'bob' }),
      incarnationOf(digest, 'job-1', { ...ann, accountId: 'a2' }),
      incarnationOf(digest, 'job-1', { accountId: 'a', id: '1ann' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(incarnationOf(digest, 'job-1', { ...ann })).toBe(ids[0]);
  });

  test('a referral is named by the referred life and the program', () => {
    const ids = [referralId(digest, 'life-1', 'default'), referralId(digest, 'life-2', 'default'), referralId(digest, 'life-1', 'spring')];
    expect(new Set(ids).size).toBe(3);
    expect(referralId(digest, 'life-1', 'default')).toBe(ids[0]);
  });
});

test('keysOf names all codes and links of a user', () => {
  const user = userOf({
    id: 'ann',
    codes: { default: ['Ann', 'ann2'], spring: ['ann3'] },
    links: { default: ['https://example.com/ann', 'https://example.com/ann2'] },
  });
  expect(keysOf(user)).toEqual([
    ...['Ann', 'ann2', 'ann3'].map(codeKey),
    ...['https://example.com/ann', 'https://example.com/ann2'].map(linkKey),
  ]);
  expect(keysOf(userOf({ id: 'ann', codes: {} }))).toEqual([]);
});

test('shareLink makes the generated link from the code, and appends the medium to a vanity link', () => {
  expect(shareLink(linkPrefixes.share, 'ANN', null)).toBe('http://ssqt.co/mzANN');
  expect(shareLink(linkPrefixes.email, 'ANN', 'https://example.com/free')).toBe('https://example.com/free?mL');
  expect(shareLink(linkPrefixes.email, 'ANN', 'https://example.com/free?a=1')).toBe('https://example.com/free?a=1&mL');
});
