import { setTimeout as pause } from 'node:timers/promises';
import { parent, until } from '@advocate/all-in-one/testing';
import { WebhookMessage } from '@advocate/contracts';
import { kafkaBrokers, mongodbUri } from '@advocate/test-servers';
import { startReceiver } from '@advocate/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DistributedSuite } from './testing/distributed-suite.ts';
import { plainUsersFile } from './testing/files.ts';

const kafka = kafkaBrokers();
const mongodb = mongodbUri();
const types = ['CREATED', 'STARTED', 'COMPLETED'] as const;
const jobsAtOnce = 4;
/** More than what a killed sender has taken needs to be due again. */
const patienceMs = 90_000;

const idOf = (body: string): string => (JSON.parse(body) as { readonly id: string }).id;

describe.skipIf(kafka === undefined || mongodb === undefined)('webhooks on two instances of each service', () => {
  test('are told of everything in order: once, and at least once when a sender is killed', { timeout: 240_000 }, async () => {
    let answerMs = 0;
    const receiver = await startReceiver(async (response) => {
      await pause(answerMs);
      response.writeHead(204).end();
    });
    onTestFinished(() => receiver[Symbol.asyncDispose]());
    const suite = await DistributedSuite.start({ kafka: kafka!, mongodb: mongodb! }, 2);
    const asked = WebhookMessage.fromPartial({ url: receiver.url });
    const { webhook } = await suite.client.ask('createWebhook', { parent, webhook: asked });
    const runJobs = async (): Promise<string[]> => {
      const jobs = await Promise.all(Array.from({ length: jobsAtOnce }, () => suite.client.start(plainUsersFile(20))));
      for (const { name } of jobs) await suite.ended(name);
      return jobs.map(({ id }) => id);
    };
    const delivered = async (count: number): Promise<void> => {
      const request = { parent: webhook!.name, pageSize: 0, pageToken: '' };
      await until(
        async () => {
          const { deliveries } = await suite.client.ask('listWebhookDeliveries', request);
          return deliveries.filter(({ state }) => state === 'DELIVERED').length === count || undefined;
        },
        `${count} deliveries`,
        patienceMs,
      );
    };
    /** What came of a job, first arrivals only. */
    const toldOf = (job: string): string[] =>
      [...new Set(receiver.received.map(({ body }) => idOf(body)))].filter((id) => id.startsWith(job));
    const expected = (job: string): string[] => types.map((type) => `${job}/${type}`);

    const first = await runJobs();
    await delivered(first.length * types.length);
    for (const job of first) expect(toldOf(job)).toEqual(expected(job));
    expect(receiver.received).toHaveLength(first.length * types.length);

    // So that the killed one is in the middle of it.
    answerMs = 1000;
    const running = runJobs();
    await until(() => receiver.received.length > first.length * types.length || undefined, 'a delivery of the second jobs');
    await suite.kill(suite.instances('notification')[0]!);
    const second = await running;
    await delivered((first.length + second.length) * types.length);
    for (const job of second) expect(toldOf(job)).toEqual(expected(job));
  });
});
