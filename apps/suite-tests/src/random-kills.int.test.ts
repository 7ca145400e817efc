import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createRandom, deletionsFile, type Import, type ServiceName, serviceNames, usersFile } from '@advocate/all-in-one/testing';
import { kafkaBrokers, mongodbUri } from '@advocate/test-servers';
import { findOwners, readAccounts } from './testing/describe-store.ts';
import { DistributedSuite } from './testing/distributed-suite.ts';
import { contradictions, readOutcomes, replay } from './testing/outcomes.ts';
import { participantEvents } from './testing/public-events.ts';

const kafka = kafkaBrokers();
const mongodb = mongodbUri();
const seed = Number(process.env.KILLS_SEED ?? 1);
const kills = 10;
const users = usersFile(3_000, 31);
const accountIds = [...new Set(users.users.map(({ accountId }) => accountId))];

describe.skipIf(kafka === undefined || mongodb === undefined)('services that are killed at any time', () => {
  test(`leave every row one outcome, with which the store and the events agree (seed ${seed})`, { timeout: 240_000 }, async () => {
    const random = createRandom(seed);
    // Of two, so that work goes on while one is away.
    const suite = await DistributedSuite.start({ kafka: kafka!, mongodb: mongodb! }, 2);
    const imports: Import[] = [];
    let killed = 0;
    const restarts = new Map<ServiceName, Promise<unknown>>();
    while (killed < kills) {
      // They touch the same accounts, and run at the same time.
      const names: string[] = [];
      for (const round of [1, 2]) {
        names.push((await suite.client.start(users.content)).name);
        names.push((await suite.client.start(deletionsFile(users, round), { type: 'USER_DELETIONS' })).name);
      }
      let ended = false;
      const end = Promise.all(names.map((name) => suite.ended(name))).finally(() => (ended = true));
      while (!ended && killed < kills) {
        await pause(random.below(1_500));
        if (ended) break;
        const name = random.pick(serviceNames);
        await restarts.get(name);
        await suite.kill(suite.instances(name)[0]!);
        restarts.set(name, suite.startService(name));
        killed += 1;
      }
      await Promise.all(restarts.values());
      await end;
      for (const name of names) imports.push(await suite.client.outcome(name));
    }

    const events = await participantEvents(suite);
    for (const made of imports) {
      const { job } = made;
      expect(job.status).toBe('COMPLETED');
      const outcomes = await readOutcomes(made);
      expect(outcomes.failed).toEqual([...new Set(outcomes.failed)].toSorted((one, other) => one - other));
      expect(outcomes.succeeded.length + outcomes.failed.length).toBe(job.stats?.recordsTotal);
      expect(contradictions(made, outcomes, events)).toEqual([]);
    }
    expect(imports[0]?.job.stats?.recordsTotal).toBe(users.rows);
    expect(imports.reduce((sum, { job }) => sum + (job.stats?.deleted ?? 0), 0)).toBeGreaterThan(0);

    const accounts = await readAccounts(suite.client, accountIds);
    const participants = accounts.flatMap((account) => account?.participants ?? []);
    const stored = participants.map(({ name }) => name);
    const { present, senseless } = replay(events);
    expect(senseless).toEqual([]);
    expect(present.toSorted()).toEqual(stored.toSorted());
    const codes = participants.flatMap(({ allReferralCodes, name }) => allReferralCodes.map((code) => ({ code, name })));
    const owners = await findOwners(
      suite.client,
      codes.map(({ code }) => code),
    );
    expect(owners).toEqual(codes.map(({ name }) => name));
  });
});
