import { expect, test } from 'vitest';
import { startSuite } from './testing/start-suite.ts';
import { parent, refusal } from './testing/suite-client.ts';

const nameOf = (accountId: string, id: string): string => `${parent}/accounts/${accountId}/participants/${id}`;
const all = { parent, id: '', email: '', pageSize: 0, pageToken: '' };

test('participants are found by id in any account, and by e-mail address in any letter case', async () => {
  await using suite = await startSuite();
  const { client } = suite;
  const rows = Array.from({ length: 300 }, (_, i) => `a${i},u${i % 150},Person.${i % 100}@Example.com`);
  await suite.importFile(['accountId,id,email', 'u7,u7,', ...rows, ''].join('\n'));
  const names = async (request: Partial<typeof all>) => {
    const found: string[][] = [];
    let pageToken = '';
    do {
      const page = await client.ask('findParticipants', { ...all, ...request, pageToken });
      found.push(page.participants.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return found;
  };
  const [first, ...others] = await names({ id: 'u7' });
  expect(first).toEqual([nameOf('u7', 'u7')]);
  expect(others.flat().toSorted()).toEqual([nameOf('a157', 'u7'), nameOf('a7', 'u7')]);
  const byEmail = await names({ email: 'PERSON.42@example.COM', pageSize: 2 });
  expect(byEmail[0]).toHaveLength(2);
  expect(byEmail.flat().toSorted()).toEqual([nameOf('a142', 'u142'), nameOf('a242', 'u92'), nameOf('a42', 'u42')]);
  expect(await names({ id: 'U7' })).toEqual([[]]);

  expect(await refusal(client.ask('findParticipants', all))).toEqual({
    code: 'INVALID_ARGUMENT',
    message: 'Search by either id or email.',
  });
  expect(await refusal(client.ask('findParticipants', { ...all, id: 'a', email: 'b' }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await refusal(client.ask('findParticipants', { ...all, id: 'x'.repeat(511) }))).toEqual({
    code: 'INVALID_ARGUMENT',
    message: 'Nobody has this id: it has more than 255 characters.',
  });
  expect(await refusal(client.ask('findParticipants', { ...all, id: 'u7', pageToken: 'u7' }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test('the referrals of a participant are listed by date on either side, without the names of a side that was deleted', async () => {
  let now = Date.UTC(2026, 0, 1);
  await using suite = await startSuite({ now: () => now });
  const { client } = suite;
  await suite.importFile('accountId,id,referralCodes.default\na/1,ada,ADA\nb,bo,BO\nc,cy,CY\n');
  const [ada, bo, cy] = [nameOf('a%2F1', 'ada'), nameOf('b', 'bo'), nameOf('c', 'cy')];
  const refer = async (referrer: string, referred: string): Promise<void> => {
    now += 1000;
    await client.ask('recordReferral', { referrer, referred, programId: 'default', requestId: '' });
  };
  await refer(ada, bo);
  await refer(cy, ada);
  await refer(ada, cy);
  const list = (parent: string, pageSize = 0, pageToken = '') => client.ask('listReferrals', { parent, pageSize, pageToken });
  const { referrals, nextPageToken } = await list(ada);
  expect(referrals).toEqual([
    { id: expect.any(String), programId: 'default', code: 'ADA', referrer: ada, referred: bo, date: Date.UTC(2026, 0, 1) + 1000 },
    { id: expect.any(String), programId: 'default', code: 'CY', referrer: cy, referred: ada, date: Date.UTC(2026, 0, 1) + 2000 },
    { id: expect.any(String), programId: 'default', code: 'ADA', referrer: ada, referred: cy, date: Date.UTC(2026, 0, 1) + 3000 },
  ]);
  expect(nextPageToken).toBe('');
  const page = await list(ada, 2);
  expect([...page.referrals, ...(await list(ada, 2, page.nextPageToken)).referrals]).toEqual(referrals);

  await suite.importFile('accountId,id\na/1,ada\n', { type: 'USER_DELETIONS' });
  expect((await list(bo)).referrals).toEqual([{ ...referrals[0], code: '', referrer: '' }]);
  expect((await list(cy)).referrals).toEqual([
    { ...referrals[1], referred: '' },
    { ...referrals[2], code: '', referrer: '' },
  ]);
  expect(await refusal(list(ada))).toEqual({ code: 'NOT_FOUND', message: 'No user found for the provided id' });
  expect(await refusal(list(bo, 0, 'b'))).toMatchObject({ code: 'INVALID_ARGUMENT' });
});
