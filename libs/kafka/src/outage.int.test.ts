import type { OutgoingMessage } from '@advocate/ports';
import { hasDocker, startKafka } from '@advocate/test-servers';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freshInstallation } from './test-support.ts';

const topic = 'rows.users';
const partitions = [0, 1, 2, 3];

describe.skipIf(!hasDocker())('a broker that is killed', { timeout: 240_000 }, () => {
  test('and comes back loses and reorders nothing, and neither publishers nor consumers need help', async () => {
    const server = await startKafka();
    onTestFinished(() => server[Symbol.asyncDispose]());
    const installation = freshInstallation(server.address);
    onTestFinished(() => installation[Symbol.asyncDispose]());
    const [publisher, consumer] = [await installation.open(), await installation.open()];
    const seen: string[] = [];
    await consumer.consume(topic, 'one', async ({ key }) => void seen.push(key));
    const slowlySeen: string[] = [];
    await consumer.consume(topic, 'slow', async ({ key }) => {
      await setTimeout(5);
      slowlySeen.push(key);
    });

    const sent: OutgoingMessage[] = [];
    const publications: Promise<void>[] = [];
    let taken = 0;
    const publishFor = async (ms: number) => {
      for (const until = Date.now() + ms; Date.now() < until;) {
        const round = partitions.map((partition) => ({ key: `${partition}:${sent.length}`, partition, value: Buffer.alloc(100) }));
        sent.push(...round);
        const published = publisher.publish(topic, round);
        published.then(
          () => taken++,
          () => {},
        );
        publications.push(published);
        await setTimeout(50);
      }
    };
    await publishFor(3_000);
    await server.kill();
    await publishFor(15_000);
    expect(taken, 'what was published while the broker was away waits').toBeLessThan(publications.length - 100);
    await Promise.all([server.restart(), publishFor(5_000)]);
    await Promise.all(publications);

    for (const keys of [seen, slowlySeen]) {
      await vi.waitFor(() => expect(new Set(keys).size).toBe(sent.length), { timeout: 120_000, interval: 100 });
      for (const partition of partitions) {
        const first = [...new Set(keys)].filter((key) => key.startsWith(`${partition}:`));
        expect(first).toEqual(sent.filter((each) => each.partition === partition).map(({ key }) => key));
      }
    }
  });

  test('and does not come back keeps nobody from closing the log', async () => {
    const server = await startKafka();
    onTestFinished(() => server[Symbol.asyncDispose]());
    const { open } = freshInstallation(server.address);
    const log = await open();
    await log.consume(topic, 'group', async () => {});
    await server.kill();
    const published = expect(log.publish(topic, [{ key: '', partition: 0, value: new Uint8Array(1) }])).rejects.toThrow(
      'The event log is closed',
    );
    const began = performance.now();
    await log[Symbol.asyncDispose]();
    await published;
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
