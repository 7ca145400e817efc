import { createRandom } from '@advocate/all-in-one/testing';

/** What rows may have wrong, each by itself. */
const wrongs: readonly object[] = [
  ...[{ id: '' }, { id: 7 }, { accountId: null }, { firstName: 'x'.repeat(300) }, { email: 'nowhere' }, { referable: 'maybe' }],
  ...[{ locale: 'en' }, { countryCode: 'ZZ' }, { dateCreated: 'yesterday' }, { imageUrl: 'x'.repeat(3_000) }, { referredBy: 'ANN' }],
  ...[
    { referredBy: { code: 'NOBODYHAS' } },
    { referralCodes: { default: 'no code' } },
    { shareLinks: { default: 'https://ssqt.co/mine' } },
  ],
  ...[{ segments: ['unknown'] }, { segments: ['not a key'] }, { customFields: { nested: {} } }, { customFields: [] }],
];

/** Users as JSONL, of accounts that a {@link usersFile} of as many rows names too, and many more errors. */
export function jsonlUsersFile(rows: number, seed: number): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, (_, row) => {
    const user = {
      accountId: `account-${random.below(Math.ceil(rows / 3))}`,
      id: `user-${random.below(6)}`,
      ...(random.chance(0.5) ? { lastName: random.pick(['Łoś', '=1+1', 'O"Neil, jr.', '']) } : {}),
      ...(random.chance(0.2) ? { referralCodes: { default: `JSON${random.chance(0.1) ? random.below(rows) : row}` } } : {}),
      ...(random.chance(0.2) ? { referredBy: { code: `${random.pick(['CODE', 'JSON'])}${random.below(rows)}` } } : {}),
      ...(random.chance(0.3) ? { segments: random.pick([['early'], ['late', '~early'], ['~*']]) } : {}),
      ...(random.chance(0.5) ? { customFields: { plan: random.pick([null, 'gold', 3, true]), [`field${random.below(3)}`]: row } } : {}),
    };
    if (random.chance(0.005)) return random.pick(['{"accountId":"account-1",', '[]', 'null']);
    return JSON.stringify(random.chance(0.05) ? { ...user, ...random.pick(wrongs) } : user);
  });
  return `${lines.join('\n')}\n`;
}

/** Users that are all fine and have nothing to do with each other, one to an account. */
export function plainUsersFile(rows: number): string {
  return `accountId,id\n${Array.from({ length: rows }, (_, row) => `account-${row},user`).join('\n')}\n`;
}
