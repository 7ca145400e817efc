import { describe, expect, test } from 'vitest';
import { userOf } from './test-support.ts';
import type { UserSearch } from './user-search.ts';
import { isFound, textsOf } from './user-search.ts';

const ann = userOf({ id: 'Ann', email: 'Ann.Zoë@Example.com' });

describe('a search', () => {
  test.each<[string, UserSearch, boolean]>([
    ['an id as it is', { id: 'Ann' }, true],
    ['no id in another letter case', { id: 'ann' }, false],
    ['no part of an id', { id: 'An' }, false],
    ['an address as it is', { email: 'Ann.Zoë@Example.com' }, true],
    ['an address in small letters', { email: 'ann.zoë@example.com' }, true],
    ['an address in capitals', { email: 'ANN.ZOË@EXAMPLE.COM' }, true],
    ['no part of an address', { email: 'zoë@example.com' }, false],
    ['no id that is an address', { id: 'Ann.Zoë@Example.com' }, false],
  ])('finds %s', (_, search, found) => {
    expect(isFound(ann, search)).toBe(found);
  });

  test('finds nobody without an address by one', () => {
    expect(isFound(userOf({ id: 'Ann' }), { email: 'undefined' })).toBe(false);
  });

  test.each<[string, UserSearch]>([
    ['an id', { id: 'Ann' }],
    ['an id with what JSON escapes', { id: 'quote " backslash \\ slash / tab \t' }],
    ['an id of letters of all languages', { id: 'жük/ß 李🎉' }],
    ['an address', { email: 'ann@example.com' }],
    ['an address with quotes', { email: '"a\\b"@example.com' }],
    ['an address of other letters', { email: 'ärger.ß.straße@例え.テスト' }],
    ['an address with a dotted I and a Kelvin sign', { email: '\u0130\u212A@example.com' }],
  ])('names texts that stand, in order, in the JSON of whom it finds: %s', (_, search) => {
    const users = 'id' in search ? [search.id] : [search.email, search.email.toUpperCase(), search.email.toLowerCase()];
    const found = users.map((text) => userOf('id' in search ? search : { id: 'u', email: text })).filter((user) => isFound(user, search));
    expect(found.length).toBeGreaterThan(0);
    for (const user of found) {
      const json = JSON.stringify(user).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
      let at = 0;
      for (const text of textsOf(search)) {
        at = json.indexOf(
          text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
          at,
        );
        expect(at).not.toBe(-1);
        at += text.length;
      }
    }
  });
});
