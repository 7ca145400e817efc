import { describe, expect, onTestFinished, test } from 'vitest';
import { deletionsFile, type Import, type ServiceName, until, usersFile } from '@advocate/all-in-one/testing';
import { kafkaBrokers, mongodbUri, startKafka, startMongodb, type TestServer } from '@advocate/test-servers';
import { expectSame, runCalmly, type Script } from './testing/calm-run.ts';
import { describeStore } from './testing/describe-store.ts';
import { DistributedSuite } from './testing/distributed-suite.ts';
import { contradictions, readOutcomes } from './testing/outcomes.ts';
import { jobEvents, participantEvents } from './testing/public-events.ts';

const kafka = kafkaBrokers();
const mongodb = mongodbUri();
const rows = 6_000;
const users = usersFile(rows, 21);
const accountIds = [...new Set(users.users.map(({ accountId }) => accountId))];

const script: Script = async (_, importFile) => {
  await importFile(users.content, { requestId: 'users' });
  await importFile(deletionsFile(users, 22), { requestId: 'deletions', type: 'USER_DELETIONS' });
};

type Disturb = (imported: 'users' | 'deletions') => Promise<void>;

/** Imports users and deletions and disturbs each in its middle; what comes of it must be what comes of them undisturbed. */
async function expectUndisturbed(suite: DistributedSuite, disturb: Disturb): Promise<void> {
  const imports: Import[] = [];
  await script(
    () => suite.client,
    async (content, options) => {
      const { name } = await suite.client.start(content, options);
      await suite.inMidJob(name);
      await disturb(options.type === undefined ? 'users' : 'deletions');
      const made = await suite.outcome(name);
      imports.push(made);
      return made;
    },
  );
  const store = await describeStore(suite.client, accountIds);
  expectSame({ imports, store }, await runCalmly(script, imports, accountIds));
  await expectEvents(suite, imports);
}

/** That every event of the imports was published once or more often, and none that contradicts their outcomes. */
async function expectEvents(suite: DistributedSuite, imports: readonly Import[]): Promise<void> {
  const lasting = ['CREATED PENDING', 'STARTED PENDING', 'COMPLETED COMPLETED'];
  const ends = imports.map(({ job }) => `${job.id}/COMPLETED`);
  const events = await until(async () => {
    const sofar = await jobEvents(suite);
    return ends.every((end) => sofar.some(({ id }) => id === end)) ? sofar : undefined;
  }, 'the last events');
  const ofRows = await participantEvents(suite);
  for (const made of imports) {
    const ofJob = events.filter(({ job }) => job?.id === made.job.id).filter(({ type }) => type !== 'PROGRESS');
    expect([...new Set(ofJob.map(({ id, job }) => `${id.split('/')[1]} ${job?.status}`))]).toEqual(lasting);
    const end = ofJob.find(({ type }) => type === 'COMPLETED')?.job;
    expect(end?.stats).toEqual(made.job.stats);
    expect(contradictions(made, await readOutcomes(made), ofRows)).toEqual([]);
  }
  const jobIds = new Set(imports.map(({ job }) => job.id));
  expect([...events.map(({ job }) => job?.id ?? ''), ...ofRows.map(({ jobId }) => jobId)].filter((id) => !jobIds.has(id))).toEqual([]);
}

const timeout = 240_000;

describe.skipIf(kafka === undefined || mongodb === undefined)('a job ends as if nothing had happened', () => {
  test('when one of two instances of every service is killed in its middle', { timeout }, async () => {
    const suite = await DistributedSuite.start({ kafka: kafka!, mongodb: mongodb! }, 2);
    const killed: Record<'users' | 'deletions', readonly ServiceName[]> = {
      users: ['participant', 'notification', 'ingestion'],
      deletions: ['deletion'],
    };
    await expectUndisturbed(suite, async (imported) => {
      await Promise.all(killed[imported].map((name) => suite.kill(suite.instances(name)[0]!)));
    });
  });

  test('when the event log is killed in its middle and comes back', { timeout }, async () => {
    const broker = await ownServer(startKafka);
    const suite = await DistributedSuite.start({ kafka: broker.address, mongodb: mongodb! });
    await expectUndisturbed(suite, async (imported) => {
      if (imported === 'users') await restart(broker);
    });
  });

  test('when the database is killed in its middle and comes back', { timeout }, async () => {
    const database = await ownServer(startMongodb);
    const suite = await DistributedSuite.start({ kafka: kafka!, mongodb: database.address });
    await expectUndisturbed(suite, () => restart(database));
  });
});

async function ownServer(start: () => Promise<TestServer>): Promise<TestServer> {
  const server = await start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

async function restart(server: TestServer): Promise<void> {
  await server.kill();
  await server.restart();
}
