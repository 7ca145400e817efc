import type { IncomingMessage } from '@advocate/ports';
import { kafkaBrokers } from '@advocate/test-servers';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from './create-client.ts';
import { freshInstallation } from './test-support.ts';
import { topicSettings } from './topics.ts';

const brokers = kafkaBrokers();
const topic = 'rows.users';
const patience = { timeout: 30_000 };

describe.skipIf(!brokers)('messages in a real Kafka', () => {
  const install = () => {
    const installation = freshInstallation(brokers!);
    onTestFinished(() => installation[Symbol.asyncDispose]());
    return installation;
  };
  const adminOf = async ({ options }: ReturnType<typeof install>) => {
    const admin = createClient(options).admin();
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    return admin;
  };

  test('values of 16 MiB that cannot be compressed arrive, and larger ones are refused', async () => {
    const log = await install().open();
    const value = randomBytes(16 << 20);
    const seen: IncomingMessage[] = [];
    await log.consume(topic, 'group', async (message) => void seen.push(message));
    await log.publish(
      topic,
      [0, 1, 2, 3].map((partition) => ({ key: 'large', partition, value })),
    );
    await expect(log.publish(topic, [{ key: '', partition: 0, value: new Uint8Array(value.length + 1) }])).rejects.toThrow(RangeError);
    await log.publish(topic, [{ key: 'small', partition: 0, value: new Uint8Array(1) }]);
    await vi.waitFor(() => expect(seen).toHaveLength(5), patience);
    for (const { key, value: received } of seen) if (key === 'large') expect(value.equals(received)).toBe(true);
  });

  test('a message of a later format goes to the dead letters as it is, and one without a version is read', async () => {
    const installation = install();
    const log = await installation.open();
    const producer = createClient(installation.options).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    onTestFinished(() => producer.disconnect());
    const seen: string[] = [];
    await log.consume(topic, 'group', async ({ key, value }) => void seen.push(`${key} ${Buffer.from(value).toString()}`));
    await producer.send({
      topic: installation.options.topicPrefix! + topic,
      messages: [
        { key: 'from tomorrow', value: 'new', partition: 0, headers: { 'advocate-version': '2' } },
        { key: 'from yesterday', value: 'old', partition: 0 },
      ],
    });
    await vi.waitFor(() => expect(seen).toEqual(['from yesterday old']), patience);
    const [letter] = await log.deadLetters(10);
    expect(letter).toMatchObject({ key: 'from tomorrow', topic, partition: 0, size: 3 });
    expect(letter!.reason).toBe(
      'The message has version 2 of the format, and this release reads versions up to 1; update it, then replay the message',
    );
    // What it says of itself goes with it, so that a release that knows better can read it.
    expect(await log.replay(letter!.id)).toBe(true);
    await vi.waitFor(async () => expect(await log.deadLetters(10)).toHaveLength(2), patience);
    expect((await log.deadLetters(1))[0]!.reason).toBe(letter!.reason);
  });

  test('public topics can be read with a driver that knows nothing of this suite', async () => {
    const installation = install();
    const log = await installation.open();
    for (const name of ['advocate.job-events', 'advocate.participant-events'] as const) {
      await log.publish(name, [{ key: 'k', partition: 1, value: Buffer.from('event '.repeat(1_000)) }]);
      const fixture = join(import.meta.dirname, 'read-with-plain-driver.fixture.ts');
      const child = spawn(process.execPath, [fixture, brokers!, installation.options.topicPrefix! + name], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const [printed] = (await once(child.stdout, 'data')) as [Buffer];
      expect(printed.toString().trim()).toBe('event '.repeat(1_000).trim());
    }
  });

  test('topics are created with their retention, and with room for the longest value', async () => {
    const installation = install();
    await installation.open();
    const admin = await adminOf(installation);
    for (const [name, { partitions, retentionMs }] of Object.entries(topicSettings)) {
      const described = installation.options.topicPrefix! + name;
      const { topics } = await admin.fetchTopicMetadata({ topics: [described] });
      expect(topics[0]!.partitions, name).toHaveLength(partitions === 'rows' ? installation.options.partitions : partitions);
      const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: described };
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
      const config = Object.fromEntries(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
      expect(config['retention.ms'], name).toBe(String(retentionMs));
      expect(Number(config['max.message.bytes']), name).toBeGreaterThan(16 << 20);
    }
  });

  test('a topic that exists is taken as it is, and several processes may create the others at once', async () => {
    const installation = install();
    const admin = await adminOf(installation);
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic: installation.options.topicPrefix! + topic, numPartitions: 7 }] });
    const logs = await Promise.all([1, 2, 3].map(() => installation.open()));
    for (const log of logs) expect([log.partitions(topic), log.partitions('rows.deletions')]).toEqual([7, 4]);
  });

  test('what the brokers refuse is rejected, and what was published with it is not lost', async () => {
    const installation = install();
    const admin = await adminOf(installation);
    const narrow = { topic: installation.options.topicPrefix! + topic, numPartitions: 4 };
    await admin.createTopics({
      waitForLeaders: false,
      topics: [{ ...narrow, configEntries: [{ name: 'max.message.bytes', value: '5000' }] }],
    });
    const log = await installation.open();
    const seen: string[] = [];
    await log.consume(topic, 'group', async ({ key }) => void seen.push(key));
    const message = (key: string, bytes: number, partition = 0) => ({ key, partition, value: randomBytes(bytes) });
    const settled = await Promise.allSettled([
      log.publish(topic, [message('before', 10)]),
      log.publish(topic, [message('too large', 10_000)]),
      log.publish(topic, [message('beside', 10, 1)]),
      log.publish(topic, [message('after', 10)]),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect((settled[1] as PromiseRejectedResult).reason.type).toBe('MESSAGE_TOO_LARGE');
    await log.publish(topic, [message('later', 10)]);
    await vi.waitFor(() => expect(new Set(seen)).toEqual(new Set(['before', 'beside', 'after', 'later'])), patience);
  });
});
