import { describe, expect, test } from 'vitest';
import { dumpStore } from './testing/dump-store.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import { parent, refusal } from './testing/suite-client.ts';

const nameOf = (accountId: string, id: string): string => `${parent}/accounts/${accountId}/participants/${id}`;
const ada = nameOf('acme', 'ada');
const bo = nameOf('bolt', 'bo');

/** Two participants with all that a participant can have; ada referred bo. */
async function fillStore({ client }: Suite): Promise<void> {
  await client.createSegments('vip', 'new');
  await client.upsert(
    {
      accountId: 'acme',
      id: 'ada',
      email: 'ada@example.com',
      referralCodes: { default: 'ADA1' },
      shareLinks: { default: 'https://go.example.com/ada' },
    },
    ['vip'],
  );
  await client.upsert(
    { accountId: 'bolt', id: 'bo', email: 'bo@example.com', referralCodes: { default: 'BO1' }, customFields: { secret: 'Bordeaux' } },
    ['vip', 'new'],
  );
  const { referralId } = await client.ask('recordReferral', { referrer: ada, referred: bo, programId: 'default', requestId: 'r1' });
  expect((await client.ask('recordReferral', { referrer: ada, referred: bo, programId: 'default', requestId: 'r1' })).referralId).toBe(
    referralId,
  );
  for (const name of [ada, bo]) {
    await client.ask('recordReward', { parent: name, content: { credit: 10 }, requestId: 'w1' });
    await client.ask('recordReward', { parent: name, content: { credit: 10 }, requestId: 'w1' });
    await client.ask('recordEvent', { parent: name, key: 'purchase', fields: { total: 5 }, requestId: 'e1' });
  }
}

const delete_ = { type: 'USER_DELETIONS' } as const;
const get = async ({ client }: Suite, name: string) => (await client.ask('getParticipant', { name })).participant;
const noUser = { code: 'NOT_FOUND', message: 'No user found for the provided id' };
const noAccount = { code: 'NOT_FOUND', message: 'No account found for the provided id' };

describe('a deletion takes everything with it', () => {
  test('of a referred participant: its account, codes, history and data go, and the referrer keeps an anonymous referral', async () => {
    const dataDir = await temporaryFolder();
    {
      await using suite = await startSuite({ dataDir });
      await fillStore(suite);
      const { client } = suite;
      expect(await get(suite, bo)).toMatchObject({
        segments: ['new', 'vip'],
        referredBy: { code: 'ADA1', accountId: 'acme', id: 'ada' },
        history: { referrals: 1, rewards: 1, events: 1 },
      });
      const { job } = await suite.importFile('accountId,id\nbolt,bo\n', delete_);
      expect(job).toMatchObject({ status: 'COMPLETED', stats: { deleted: 1 } });
      expect(await refusal(client.ask('getParticipant', { name: bo }))).toEqual(noUser);
      expect(await refusal(client.ask('getAccount', { name: `${parent}/accounts/bolt` }))).toEqual(noAccount);
      expect(await refusal(client.ask('findParticipantByReferralCode', { parent, referralCode: 'bo1' }))).toEqual({
        code: 'NOT_FOUND',
        message: 'No referral code found for the provided code',
      });
      expect(await get(suite, ada)).toMatchObject({ history: { referrals: 1, rewards: 1, events: 1 } });
      expect((await client.upsert({ accountId: 'cyan', id: 'cy', referralCodes: { default: 'bo1' } })).participant?.referralCodes).toEqual({
        default: 'bo1',
      });
      expect((await client.ask('findParticipantByReferralCode', { parent, referralCode: 'BO1' })).participant?.name).toBe(
        nameOf('cyan', 'cy'),
      );

      await client.upsert({ accountId: 'bolt', id: 'bo' });
      expect(await get(suite, bo), 'somebody new under the same id').toMatchObject({
        segments: [],
        referredBy: undefined,
        email: undefined,
        customFields: {},
        history: { referrals: 0, rewards: 0, events: 0 },
      });
    }
    const lines = dumpStore(dataDir);
    expect(lines.filter((line) => /bo@example|Bordeaux/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('referral'))).toEqual([
      expect.stringMatching(/"referred":null,"referred_account_id":null,"referred_id":null,"referrer":"[0-9a-f]{24}"/),
    ]);
    const kinds = lines.filter((line) => line.startsWith('history')).map((line) => /"kind":"(\w+)"/.exec(line)?.[1]);
    expect(kinds.sort(), 'only those of the referrer').toEqual(['event', 'reward']);
  });

  test('of a referrer: the referred participant keeps its attribution without a name', async () => {
    const dataDir = await temporaryFolder();
    {
      await using suite = await startSuite({ dataDir });
      await fillStore(suite);
      await suite.importFile('accountId,id\nacme,ada\n', delete_);
      expect(await get(suite, bo)).toMatchObject({
        referredBy: { code: '', accountId: '', id: '' },
        history: { referrals: 1, rewards: 1, events: 1 },
      });
      const { job } = await suite.importFile(
        'accountId,id,referralCodes.default,shareLinks.default\nnew,owner,ADA1,https://go.example.com/ada\n',
      );
      expect(job).toMatchObject({ stats: { created: 1 } });
    }
    expect(dumpStore(dataDir).filter((line) => /acme|ada@example/.test(line))).toEqual([]);
    await using suite = await startSuite({ dataDir });
    await suite.importFile('accountId,id\nbolt,bo\n', delete_);
    await suite[Symbol.asyncDispose]();
    expect(
      dumpStore(dataDir).filter((line) => /^(referral|history)/.test(line)),
      'a referral goes with its last side',
    ).toEqual([]);
  });

  test('and its account, unless that is preserved: the row says so before the job does', async () => {
    await using suite = await startSuite();
    const accountIds = ['job', 'row-true', 'row-false', 'shared'];
    const users = `accountId,id\n${accountIds.map((accountId) => `${accountId},u\n`).join('')}shared,v\n`;
    const deletions = 'accountId,id,preserveEmptyAccount\njob,u,\nrow-true,u,TRUE\nrow-false,u,false\nshared,u,\n';
    const left = async (): Promise<Record<string, string[] | undefined>> => {
      const found: Record<string, string[] | undefined> = {};
      for (const accountId of accountIds) {
        const account = suite.client.ask('getAccount', { name: `${parent}/accounts/${accountId}` });
        found[accountId] = await account.then(
          (answer) => answer.account?.participants.map(({ id }) => id),
          () => undefined,
        );
      }
      return found;
    };
    await suite.importFile(users);
    await suite.importFile(deletions, delete_);
    expect(await left()).toEqual({ job: undefined, 'row-true': [], 'row-false': undefined, shared: ['v'] });
    await suite.importFile(users);
    expect(await left(), 'an emptied account takes users again').toEqual({
      job: ['u'],
      'row-true': ['u'],
      'row-false': ['u'],
      shared: ['v', 'u'],
    });
    await suite.importFile(deletions, { ...delete_, params: { preserveEmptyAccounts: true } });
    expect(await left()).toEqual({ job: [], 'row-true': [], 'row-false': undefined, shared: ['v'] });
    expect(
      await suite.client.ask('deleteParticipant', { name: nameOf('shared', 'v'), preserveEmptyAccount: undefined, doNotTrack: false }),
    ).toEqual({
      accountDeleted: false,
    });
    expect(await left(), 'a direct deletion preserves by default').toMatchObject({ shared: [] });
  });
});

describe('a participant on the do-not-track list', () => {
  const refused = 'The user is set to do-not-track.';

  test('is not created again, by rows or by direct calls, and leaves no ids in the list', async () => {
    const dataDir = await temporaryFolder();
    {
      await using suite = await startSuite({ dataDir });
      await suite.importFile('accountId,id\nacme,ada\nacme,bo\nacme,cy\nacme,dee\n');
      await suite.importFile('accountId,id,doNotTrack\nacme,ada,true\nacme,bo,\nacme,cy,FALSE\nacme,nobody,true\n', delete_);
      await suite.importFile('accountId,id,doNotTrack\nacme,dee,\n', { ...delete_, params: { doNotTrack: true } });
      const again = await suite.importFile('accountId,id\nacme,ada\nacme,bo\nacme,cy\nacme,dee\nacme,nobody\nother,ada\n');
      expect(again.errors).toBe(`recordNumber,message,apiErrorCode,statusCode\n2,${refused},FORBIDDEN,403\n5,${refused},FORBIDDEN,403\n`);
      expect(
        again.results
          ?.split('\n')
          .slice(1, -1)
          .map((line) => line.split(',').slice(0, 2).join()),
      ).toEqual(['bo,acme', 'cy,acme', 'nobody,acme', 'ada,other']);
      expect(await refusal(suite.client.upsert({ accountId: 'acme', id: 'ada' }))).toEqual({ code: 'PERMISSION_DENIED', message: refused });
      await suite.client.ask('deleteParticipant', { name: nameOf('acme', 'bo'), preserveEmptyAccount: undefined, doNotTrack: true });
      expect(await refusal(suite.client.upsert({ accountId: 'acme', id: 'bo' }))).toEqual({ code: 'PERMISSION_DENIED', message: refused });
    }
    const list = dumpStore(dataDir).filter((line) => line.startsWith('do_not_track'));
    expect(list).toHaveLength(3);
    expect(list.filter((line) => !/"hash":"[0-9a-f]{64}"/.test(line) || /acme|ada/.test(line))).toEqual([]);
  });
});
