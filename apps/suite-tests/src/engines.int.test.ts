import { describe, expect, test } from 'vitest';
import { deletionsFile, type Import, parent, type SuiteClient, usersFile } from '@advocate/all-in-one/testing';
import { kafkaBrokers, mongodbUri } from '@advocate/test-servers';
import { expectSame, runCalmly, type Script } from './testing/calm-run.ts';
import { describeStore } from './testing/describe-store.ts';
import { DistributedSuite } from './testing/distributed-suite.ts';
import { jsonlUsersFile } from './testing/files.ts';

const kafka = kafkaBrokers();
const mongodb = mongodbUri();
const rows = 2_400;
const users = usersFile(rows, 11);
const moreUsers = jsonlUsersFile(900, 12);
const accountIds = [...new Set([...users.users.map(({ accountId }) => accountId), 'nobody', 'account-0'])];

/** The participants whose history is recorded, with what the file says of them. */
const someUsers = users.users.filter((_, index) => index % 40 === 0);

/** Gives participants a history, so that erasing them has something to erase. */
async function recordHistory(client: SuiteClient): Promise<void> {
  let previous: string | undefined;
  for (const { accountId, id } of someUsers) {
    const name = `${parent}/accounts/${accountId}/participants/${id}`;
    const exists = await client.ask('getParticipant', { name }).then(
      () => true,
      () => false,
    );
    if (!exists) continue;
    await client.ask('recordReward', { parent: name, content: { amount: 5 }, requestId: 'reward' });
    await client.ask('recordEvent', { parent: name, key: 'purchase', fields: {}, requestId: 'event' });
    if (previous !== undefined) {
      await client.ask('recordReferral', { referrer: previous, referred: name, programId: '', requestId: 'referral' });
    }
    previous = name;
  }
}

const script: Script = async (client, importFile) => {
  await client().createSegments('early', 'late');
  await importFile(users.content, { requestId: 'users', displayName: 'Users', params: { segments: ['early'] } });
  await importFile(moreUsers, { requestId: 'more users', filename: 'more.jsonl', params: { programId: 'vip' } });
  await importFile(users.content, { requestId: 'users again' });
  await recordHistory(client());
  await importFile(deletionsFile(users, 13), {
    ...{ requestId: 'deletions', type: 'USER_DELETIONS', params: { preserveEmptyAccounts: true } },
  });
  await importFile(deletionsFile({ ...users, rows: 400 }, 14), {
    ...{ requestId: 'more deletions', type: 'USER_DELETIONS', params: { doNotTrack: true } },
  });
  await importFile(moreUsers, { requestId: 'more users again', filename: 'more.jsonl' });
  await importFile(`${users.content}account-0,last\r\n`, { requestId: 'users after deletions' });
};

describe.skipIf(kafka === undefined || mongodb === undefined)('the same files give the same on both engines', () => {
  test('users, as CSV and JSONL, twice, deletions, and users again', async () => {
    const suite = await DistributedSuite.start({ kafka: kafka!, mongodb: mongodb! });
    const imports: Import[] = [];
    await script(
      () => suite.client,
      async (content, options) => {
        const made = await suite.client.importFile(content, options);
        imports.push(made);
        return made;
      },
    );
    const store = await describeStore(suite.client, accountIds);
    expectSame({ imports, store }, await runCalmly(script, imports, accountIds));

    const of = (index: number) => imports[index]?.job;
    expect(imports.map(({ job }) => job.status)).toEqual(Array.from({ length: 7 }, () => 'COMPLETED'));
    expect(of(2)?.stats).toMatchObject({ recordsTotal: rows, created: 0 });
    expect(of(3)?.stats?.deleted).toBeGreaterThan(700);
    const messages = imports.flatMap(({ errors }) => errors?.split('\n') ?? []).map((line) => line.replaceAll(/[\d"]/g, ''));
    expect(new Set(messages).size, 'kinds of errors').toBeGreaterThan(25);
    expect(store.some((line) => line.includes('"rewards":1'))).toBe(true);
    const again = await suite.client.importFile(imports[0]?.failedRows ?? '');
    expect(again.job.stats, 'failed rows as they are').toMatchObject({ recordsTotal: of(0)?.stats?.errors });
  });
});
