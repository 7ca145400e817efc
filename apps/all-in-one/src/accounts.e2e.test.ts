import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Account } from '@advocate/domain';
import { decodeChunkOutcome } from '@advocate/messages';
import { dumpStore } from './testing/dump-store.ts';
import { peek } from './testing/peek.ts';
import { createRandom } from './testing/random.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import { parent, until } from './testing/suite-client.ts';

const rounds = 12;
const jobsPerRound = 4;
const rowsPerJob = 400;

/** What an account's deletions ask, by the account's number: to preserve it always, never, or now and then. */
const preserves = ['always', 'never', 'mixed'] as const;

describe('an account is gone if, and only if, it was emptied by a deletion that did not ask to preserve it', () => {
  test.each([1, 2])('under imports and deletions of the same accounts at the same time (seed %i)', async (seed) => {
    const random = createRandom(seed);
    const dataDir = await temporaryFolder();
    /** The users of each job's rows, in the file's order. */
    const rowsOf = new Map<string, readonly string[]>();
    {
      await using suite = await startSuite({ dataDir, partitions: 5, consumers: 3 });
      for (let round = 0; round < rounds; round += 1) {
        await Promise.all(
          Array.from({ length: jobsPerRound }, async (_, index) => {
            const isDeletion = index % 2 === 1;
            const rows = Array.from({ length: rowsPerJob }, () => {
              const account = random.below(40);
              const preserve = preserves[account % 3];
              const isPreserved = preserve === 'always' || (preserve === 'mixed' && random.chance(0.5));
              return { user: `account-${account},user-${random.below(3)}`, isPreserved };
            });
            const content = isDeletion
              ? `accountId,id,preserveEmptyAccount\n${rows.map(({ user, isPreserved }) => `${user},${isPreserved}`).join('\n')}\n`
              : `accountId,id,customFields.by\n${rows.map(({ user }) => `${user},${round}-${index}`).join('\n')}\n`;
            const { job } = await suite.importFile(content, { type: isDeletion ? 'USER_DELETIONS' : 'USERS' });
            expect(job).toMatchObject({ status: 'COMPLETED', stats: { recordsProcessed: rowsPerJob } });
            rowsOf.set(
              job.id,
              rows.map(({ user }) => user),
            );
          }),
        );
      }
    }

    const balance = new Map<string, number>();
    const everMade = new Set<string>();
    let deletions = 0;
    using database = new DatabaseSync(join(dataDir, 'jobs.db'));
    for (const { job, content } of database.prepare('SELECT job, content FROM outcome').all() as { job: string; content: Uint8Array }[]) {
      const { recordNumbers, outcomes } = decodeChunkOutcome(content);
      for (const [index, { kind }] of outcomes.entries()) {
        const user = rowsOf.get(job)?.[(recordNumbers[index] ?? 0) - 2] ?? '';
        if (kind === 'created') balance.set(user, (balance.get(user) ?? 0) + 1);
        if (kind === 'deleted') balance.set(user, (balance.get(user) ?? 0) - 1);
        if (kind === 'created') everMade.add(user.split(',')[0] ?? '');
        if (kind === 'deleted') deletions += 1;
      }
    }
    expect(deletions, 'enough happened').toBeGreaterThan(200);

    const lines = dumpStore(dataDir);
    const accounts = lines
      .filter((line) => line.startsWith('account '))
      .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Account);
    const stored = accounts.flatMap(({ id, users }) => users.map((user) => `${id},${user.id}`));
    const expected = [...balance].filter(([, count]) => count !== 0);
    expect(
      expected.filter(([, count]) => count !== 1),
      'users created or deleted twice',
    ).toEqual([]);
    expect(stored.sort(), 'no user is lost, and none is left').toEqual(expected.map(([user]) => user).sort());

    const policyOf = (id: string) => preserves[Number(id.split('-')[1]) % 3];
    expect(
      accounts.filter(({ id, users }) => users.length === 0 && policyOf(id) === 'never'),
      'empty though not preserved',
    ).toEqual([]);
    const kept = new Set(accounts.map(({ id }) => id));
    expect(
      [...everMade].filter((id) => policyOf(id) === 'always' && !kept.has(id)),
      'gone though preserved',
    ).toEqual([]);
    expect(lines.filter((line) => /A CODE THAT NO USER HAS|BY NO ACCOUNT|held but not listed/.test(line))).toEqual([]);
  });
});

describe('a code has one owner', () => {
  test('and a job that met it in use gives it to nobody, though it becomes free while the job runs', async () => {
    await using suite = await startSuite();
    const { client } = suite;
    await client.upsert({ accountId: 'old', id: 'owner', referralCodes: { default: 'SHARED' } });
    const filler = Array.from({ length: 30_000 }, (_, index) => `filler-${index},user,`);
    const content = ['accountId,id,referralCodes.default', ...filler, 'one,user,SHARED', 'two,user,shared'].join('\n');
    const { name, id } = await client.start(content);
    await until(() => peek(suite.dataDir, id).phase === 'applying' || undefined, 'all codes are claimed');
    await client.ask('deleteParticipant', {
      name: `${parent}/accounts/old/participants/owner`,
      preserveEmptyAccount: undefined,
      doNotTrack: false,
    });
    const { job, errors } = await client.outcome(name);
    expect(job).toMatchObject({ status: 'COMPLETED', stats: { created: 30_000, errors: 2 } });
    expect(errors?.split('\n').slice(1)).toEqual([
      '30002,The referral code SHARED belongs to another user,CONFLICT,409',
      '30003,The referral code shared belongs to another user,CONFLICT,409',
      '',
    ]);
    expect(
      (await client.upsert({ accountId: 'two', id: 'user', referralCodes: { default: 'shared' } })).participant?.referralCodes,
    ).toEqual({ default: 'shared' });
  });
});
