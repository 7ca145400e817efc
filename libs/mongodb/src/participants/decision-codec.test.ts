import { expect, test } from 'vitest';
import { decodeDecisions, encodeDecisions } from './decision-codec.ts';
import type { AccountWrite, Decisions } from './protocol/record.ts';

const none: AccountWrite = {
  ...{ accountId: 'a1', before: null, content: undefined, listed: [], freed: [], referrals: [], erased: [], doNotTrack: [] },
};
const side = (id: string) => ({ accountId: 'a1', id, incarnation: `life of ${id}` });
const referral = { id: 'r', programId: 'p', code: 'C', dateCreated: 5, referrer: side('ann'), referred: side('bob') };

test.each<[string, AccountWrite]>([
  ['that changes nothing', none],
  ['that creates an account', { ...none, content: { dateCreated: 0, users: '[{"id":"É 🎉\\n"}]' } }],
  ['that deletes an account', { ...none, before: 'token', content: null, erased: ['life'] }],
  [
    'that lists codes',
    {
      ...none,
      content: { dateCreated: 5, users: '[]' },
      listed: [
        { key: 'code:A', userId: 'ann' },
        { key: 'link:b', userId: '' },
      ],
    },
  ],
  ['that frees codes', { ...none, freed: ['code:A', 'code:B'] }],
  ['that refers', { ...none, referrals: [referral], listed: [{ key: 'code:A', userId: 'ann' }] }],
  ['that bars', { ...none, doNotTrack: [{ accountId: 'a1', id: 'ann' }] }],
])('a write %s is read as it was written, among others', (_, write) => {
  const decisions: Decisions = { tenant: 'acme', jobId: 'job', token: 'token', writes: [none, write, none] };
  expect(decodeDecisions(encodeDecisions(decisions))).toStrictEqual(decisions);
});

test('decisions without a write, and many large ones, are read as they were written', () => {
  const head = { tenant: 'acme', jobId: 'job', token: 'token' };
  const users = 'É'.repeat(5000);
  for (const count of [0, 500]) {
    const decisions = {
      ...head,
      writes: Array.from({ length: count }, (_, index) => ({ ...none, accountId: `a${index}`, content: { dateCreated: index, users } })),
    };
    expect(decodeDecisions(encodeDecisions(decisions))).toStrictEqual(decisions);
  }
});
