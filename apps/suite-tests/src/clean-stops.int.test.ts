import { describe, expect, test } from 'vitest';
import { type ServiceName, until } from '@advocate/all-in-one/testing';
import { kafkaBrokers, mongodbUri } from '@advocate/test-servers';
import { readAccounts } from './testing/describe-store.ts';
import { DistributedSuite } from './testing/distributed-suite.ts';
import { plainUsersFile } from './testing/files.ts';
import { participantEvents } from './testing/public-events.ts';

const kafka = kafkaBrokers();
const mongodb = mongodbUri();
const rows = 6_000;
const accountIds = Array.from({ length: rows }, (_, row) => `account-${row}`);
/** As long as an operator's machinery waits before it kills. */
const graceMs = 15_000;

/** Stops the only process of a service, as an operator does, and expects it to end well and in time. */
async function stopInMidJob(suite: DistributedSuite, name: ServiceName): Promise<void> {
  const stopped = performance.now();
  expect(await suite.stop(suite.instances(name)[0]!), `exit status of ${name}`).toBe(0);
  expect(performance.now() - stopped, `milliseconds until ${name} has stopped`).toBeLessThan(graceMs);
}

describe.skipIf(kafka === undefined || mongodb === undefined)('a service that is stopped in mid-job', () => {
  test('ends between two chunks, with status 0 and in time, and the job goes on when it is back', { timeout: 240_000 }, async () => {
    const suite = await DistributedSuite.start({ kafka: kafka!, mongodb: mongodb! });
    const { name } = await suite.client.start(plainUsersFile(rows));
    await suite.inMidJob(name);
    await stopInMidJob(suite, 'participant');

    // Whatever it has applied it has told, so nothing is half done.
    const { client } = suite;
    const stored = (await readAccounts(client, accountIds)).filter((account) => account !== undefined).length;
    expect(stored).toBeLessThan(rows);
    await until(
      async () => ((await client.job(name)).stats?.created === stored ? true : undefined),
      `outcomes of all ${stored} rows applied`,
    );
    expect(new Set((await participantEvents(suite)).map(({ id }) => id)).size).toBe(stored);

    await suite.startService('participant');
    await suite.inMidJob(name, stored + 1);
    await stopInMidJob(suite, 'notification');
    await stopInMidJob(suite, 'ingestion');
    await Promise.all([suite.startService('notification'), suite.startService('ingestion')]);
    expect((await suite.outcome(name)).job).toMatchObject({ status: 'COMPLETED', stats: { created: rows, errors: 0 } });

    const deletions = await suite.client.start(plainUsersFile(rows), { type: 'USER_DELETIONS' });
    await suite.inMidJob(deletions.name);
    await stopInMidJob(suite, 'deletion');
    await suite.startService('deletion');
    expect((await suite.outcome(deletions.name)).job).toMatchObject({ status: 'COMPLETED', stats: { deleted: rows, errors: 0 } });
  });
});
