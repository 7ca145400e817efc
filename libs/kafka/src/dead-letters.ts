import { topics, type DeadLetter, type Topic } from '@advocate/ports';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { IHeaders, Kafka, KafkaMessage, Message } from 'kafkajs';
import { rootCause } from './create-client.ts';
import { consumerConfig } from './group-member.ts';
import { headerText } from './message-format.ts';
import type { Publisher } from './publisher.ts';

/** Headers that a dead letter has besides those of the message. */
const topicHeader = 'advocate-dead-topic';
const partitionHeader = 'advocate-dead-partition';
const reasonHeader = 'advocate-dead-reason';

const readTimeoutMs = 30_000;
const retryPause = 200;

/** A letter as it lies in the topic. */
interface KeptLetter {
  readonly letter: DeadLetter;
  /** Its message as it was. */
  readonly message: Message;
}

interface OffsetRange {
  readonly from: bigint;
  /** Not in it. */
  readonly to: bigint;
}

/** The topic of one partition that keeps messages that could not be decoded. A dead letter's id is its offset. */
export class DeadLetters {
  readonly #createClient: () => Kafka;
  readonly #publisher: Publisher;
  readonly #topicName: string;

  constructor(createClient: () => Kafka, publisher: Publisher, topicName: string) {
    this.#createClient = createClient;
    this.#publisher = publisher;
    this.#topicName = topicName;
  }

  async add({ key, value, headers }: KafkaMessage, topic: Topic, partition: number, reason: string): Promise<void> {
    const place = { [topicHeader]: topic, [partitionHeader]: String(partition), [reasonHeader]: reason };
    await this.#publisher.publish(this.#topicName, [{ key, value, partition: 0, headers: { ...headers, ...place } }]);
  }

  /** Newest first, only those before the one with the id `after`. */
  async list(limit: number, after?: string): Promise<DeadLetter[]> {
    const { from, to } = await this.#kept();
    const end = after === undefined ? to : smaller(parseId(after) ?? from, to);
    const start = end - BigInt(limit);
    const letters = await this.#read({ from: start > from ? start : from, to: end }, ({ letter }) => letter);
    return letters.reverse();
  }

  /** The message of a letter as it was, and its topic; nothing when there is no such letter. */
  async find(id: string): Promise<{ readonly topic: Topic; readonly message: Message } | undefined> {
    const offset = parseId(id);
    const { from, to } = await this.#kept();
    if (offset === undefined || offset < from || offset >= to) return undefined;
    const [found] = await this.#read({ from: offset, to: offset + 1n }, ({ letter, message }) => ({ topic: letter.topic, message }));
    return found;
  }

  async #kept(): Promise<OffsetRange> {
    const admin = this.#createClient().admin();
    const deadline = Date.now() + readTimeoutMs;
    for (;;) {
      try {
        await admin.connect();
        const [offsets] = await admin.fetchTopicOffsets(this.#topicName);
        return { from: BigInt(offsets?.low ?? 0), to: BigInt(offsets?.high ?? 0) };
      } catch (error) {
        // The partition may be on the way to another broker.
        if (rootCause(error).retriable === false || Date.now() >= deadline) throw error;
        await delay(retryPause);
      } finally {
        await admin.disconnect();
      }
    }
  }

  /** What `pick` takes of the letters of a range, oldest first. The driver reads by groups only, so a group is made up and left behind; brokers forget it. */
  async #read<T>({ from, to }: OffsetRange, pick: (kept: KeptLetter) => T): Promise<T[]> {
    if (from >= to) return [];
    const consumer = this.#createClient().consumer({ ...consumerConfig, groupId: `${this.#topicName}.reader-${randomUUID()}` });
    const picked = new Map<string, T>();
    const done = Promise.withResolvers<void>();
    const timeout = setTimeout(() => done.reject(new Error('Kafka does not hand out the dead letters')), readTimeoutMs);
    consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error));
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.#topicName], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachMessage: async ({ message }) => {
          const offset = BigInt(message.offset);
          const kept = offset >= from && offset < to ? keptLetter(message) : undefined;
          if (kept) picked.set(message.offset, pick(kept));
          if (offset >= to - 1n) done.resolve();
        },
      });
      consumer.seek({ topic: this.#topicName, partition: 0, offset: String(from) });
      await done.promise;
      return [...picked.values()];
    } finally {
      clearTimeout(timeout);
      await consumer.disconnect();
    }
  }
}

function parseId(id: string): bigint | undefined {
  return /^\d{1,18}$/.test(id) ? BigInt(id) : undefined;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

/** Nothing when somebody else has put it there. */
function keptLetter({ key, value, headers, offset, timestamp }: KafkaMessage): KeptLetter | undefined {
  const topic = topics.find((each) => each === headerText(headers, topicHeader));
  const reason = headerText(headers, reasonHeader);
  const partition = Number(headerText(headers, partitionHeader));
  if (!topic || reason === undefined || !Number.isInteger(partition)) return undefined;
  const date = new Date(Number(timestamp));
  return {
    letter: { id: offset, topic, partition, key: key?.toString() ?? '', reason, date, size: value?.length ?? 0 },
    message: { key, value, partition, headers: withoutPlace(headers) },
  };
}

function withoutPlace(headers: IHeaders = {}): IHeaders {
  const { [topicHeader]: _, [partitionHeader]: __, [reasonHeader]: ___, ...others } = headers;
  return others;
}
