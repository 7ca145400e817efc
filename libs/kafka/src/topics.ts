import { topics, type Topic } from '@advocate/ports';
import kafkajs, { type Kafka } from 'kafkajs';
import { setTimeout } from 'node:timers/promises';
import { rootCause } from './create-client.ts';

export const deadLetterTopic = 'advocate.dead-letters';

interface TopicSettings {
  /** `rows` stands for as many as the options say. */
  readonly partitions: number | 'rows';
  readonly retentionMs: number;
}

const hour = 3_600_000;
const day = 24 * hour;

/** How topics are created. One that exists keeps its settings. */
export const topicSettings: Readonly<Record<Topic | typeof deadLetterTopic, TopicSettings>> = {
  'rows.users': { partitions: 'rows', retentionMs: 7 * day },
  'rows.deletions': { partitions: 'rows', retentionMs: 7 * day },
  // A chunk's outcome goes to the partition of the chunk.
  'chunks.outcomes': { partitions: 'rows', retentionMs: 7 * day },
  // Signals, which only partition 0 carries.
  'slices.finished': { partitions: 1, retentionMs: hour },
  'jobs.drained': { partitions: 1, retentionMs: day },
  // Public, keyed by job or account: consumers outside the suite count on the number, as it decides where a key goes.
  'advocate.job-events': { partitions: 6, retentionMs: 30 * day },
  'advocate.participant-events': { partitions: 12, retentionMs: 30 * day },
  // Its offsets are the ids of the dead letters.
  [deadLetterTopic]: { partitions: 1, retentionMs: 30 * day },
};

/** Of a value. The topics allow for some more, as not every value can be compressed. */
export const longestValue = 16 << 20;
const longestBatch = longestValue + (1 << 20);

export interface TopicOptions {
  /** Goes before the names of topics and groups, so that several installations can share brokers. */
  readonly topicPrefix?: string;
  /** Of the topics of rows and outcomes, if they have to be created. */
  readonly partitions: number;
  /** Of topics that have to be created. From 3 on, a message is taken only when two brokers have it. */
  readonly replicationFactor: number;
}

const retryPause = 500;

/** Creates the topics that are missing, and answers how many partitions each has. Waits until `deadline` for brokers to answer, then throws. */
export async function prepareTopics(client: Kafka, options: TopicOptions, deadline: number): Promise<ReadonlyMap<Topic, number>> {
  for (;;) {
    const admin = client.admin();
    try {
      await admin.connect();
      await createMissing(admin, options);
      return await countPartitions(admin, options);
    } catch (error) {
      if (rootCause(error).retriable === false || Date.now() >= deadline) {
        throw new Error(`Kafka's topics cannot be prepared: ${rootCause(error).message}`, { cause: error });
      }
      await setTimeout(retryPause);
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }
}

async function createMissing(admin: kafkajs.Admin, options: TopicOptions): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = Object.entries(topicSettings)
    .map(([topic, settings]) => describeTopic(topic, settings, options))
    .filter(({ topic }) => !existing.has(topic));
  if (missing.length === 0) return;
  try {
    // Resolves when another process was faster.
    await admin.createTopics({ topics: missing });
  } catch (error) {
    throw error instanceof kafkajs.KafkaJSAggregateError ? error.errors[0] : error;
  }
}

function describeTopic(topic: string, settings: TopicSettings, options: TopicOptions): kafkajs.ITopicConfig {
  const { topicPrefix = '', partitions, replicationFactor } = options;
  return {
    topic: topicPrefix + topic,
    numPartitions: settings.partitions === 'rows' ? partitions : settings.partitions,
    replicationFactor,
    configEntries: [
      { name: 'retention.ms', value: String(settings.retentionMs) },
      { name: 'max.message.bytes', value: String(longestBatch) },
      ...(replicationFactor >= 3 ? [{ name: 'min.insync.replicas', value: '2' }] : []),
    ],
  };
}

async function countPartitions(admin: kafkajs.Admin, { topicPrefix = '' }: TopicOptions): Promise<ReadonlyMap<Topic, number>> {
  const metadata = await admin.fetchTopicMetadata({ topics: topics.map((topic) => topicPrefix + topic) });
  const counts = new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
  return new Map(topics.map((topic) => [topic, counts.get(topicPrefix + topic) ?? 0]));
}
