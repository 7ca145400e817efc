import { requirePartitions, type DeadLetter, type EventLog, type MessageHandler, type OutgoingMessage, type Topic } from '@advocate/ports';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Consumer, type Kafka, type Message } from 'kafkajs';
import { createClient, type KafkaConnectionOptions, type KafkaLogger, silent } from './create-client.ts';
import { DeadLetters } from './dead-letters.ts';
import { GroupConsumer } from './group-consumer.ts';
import { consumerConfig } from './group-member.ts';
import { toKafkaMessage } from './message-format.ts';
import { LogClosedError, Publisher } from './publisher.ts';
import { deadLetterTopic, prepareTopics, type TopicOptions } from './topics.ts';

export interface KafkaEventLogOptions extends KafkaConnectionOptions, TopicOptions {
  /** How long opening waits for brokers to answer. */
  readonly waitMs?: number;
}

const defaultWaitMs = 60_000;
/** How long to consume waits for a place in the group; others may be in the middle of a message, or Kafka away. */
const longestJoinMs = 10_000;

/**
 * The event log in Kafka. Creates the topics that are missing, and takes those that exist as they are; throws when no broker answers, or
 * the brokers refuse this client.
 *
 * From then on it outlasts brokers that come and go: to publish takes until they have taken the messages, and consumers join their
 * groups again. A value may have 16 MiB, else publishing throws a RangeError.
 *
 * Each message has the header `advocate-version`. One of a higher major version than this release knows, perhaps from a newer release that
 * runs beside it, goes to the dead letters; one without the header is read as version 1.
 */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const partitions = await prepareTopics(createClient(options), options, Date.now() + (options.waitMs ?? defaultWaitMs));
  return new KafkaEventLog(options, partitions);
}

class KafkaEventLog implements EventLog {
  readonly #options: KafkaEventLogOptions;
  readonly #partitions: ReadonlyMap<Topic, number>;
  readonly #logger: KafkaLogger;
  readonly #publisher: Publisher;
  readonly #publicPublisher: Publisher;
  readonly #deadLetters: DeadLetters;
  readonly #consumers = new Set<GroupConsumer>();
  #closed = false;

  constructor(options: KafkaEventLogOptions, partitions: ReadonlyMap<Topic, number>) {
    this.#options = options;
    this.#partitions = partitions;
    this.#logger = options.logger ?? silent;
    this.#publisher = this.#createPublisher(kafkajs.CompressionTypes.ZSTD);
    // Every client can read this one.
    this.#publicPublisher = this.#createPublisher(kafkajs.CompressionTypes.GZIP);
    this.#deadLetters = new DeadLetters(() => this.#createClient(), this.#publisher, this.#nameOf(deadLetterTopic));
  }

  async publish(topic: Topic, messages: readonly OutgoingMessage[]): Promise<void> {
    requirePartitions(this, topic, messages);
    await this.#publish(topic, messages.map(toKafkaMessage));
  }

  async consume(topic: Topic, group: string, handle: MessageHandler): Promise<AsyncDisposable> {
    if (this.#closed) throw new LogClosedError();
    const options = {
      topic,
      topicName: this.#nameOf(topic),
      partitions: this.partitions(topic),
      handle,
      undecodable: async (message: kafkajs.KafkaMessage, partition: number, reason: string) => {
        await this.#deadLetters.add(message, topic, partition, reason);
        this.#logger.warn(
          { topic, group, partition, offset: message.offset, reason },
          'A message could not be decoded; it is in the dead letters',
        );
      },
    };
    // The members of a Kafka group share all topics of the group, which those of a group of this log do not.
    const groupId = `${this.#nameOf(topic)}.${group}`;
    const consumer = new GroupConsumer(() => this.#createConsumer(groupId), options, this.#logger);
    this.#consumers.add(consumer);
    await Promise.race([consumer.placed, delay(longestJoinMs, undefined, { ref: false })]);
    return {
      [Symbol.asyncDispose]: async () => {
        await consumer[Symbol.asyncDispose]();
        this.#consumers.delete(consumer);
      },
    };
  }

  partitions(topic: Topic): number {
    return this.#partitions.get(topic)!;
  }

  async deadLetters(limit: number, after?: string): Promise<readonly DeadLetter[]> {
    return this.#deadLetters.list(limit, after);
  }

  async replay(id: string): Promise<boolean> {
    const found = await this.#deadLetters.find(id);
    if (found) await this.#publish(found.topic, [found.message]);
    return found !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    // At the same time, as handlers in hand may wait for what they publish.
    await Promise.all([...this.#consumers, this.#publisher, this.#publicPublisher].map((each) => each[Symbol.asyncDispose]()));
  }

  #publish(topic: Topic, messages: readonly Message[]): Promise<void> {
    const publisher = topic.startsWith('advocate.') ? this.#publicPublisher : this.#publisher;
    return publisher.publish(this.#nameOf(topic), messages);
  }

  #nameOf(topic: string): string {
    return (this.#options.topicPrefix ?? '') + topic;
  }

  #createClient(): Kafka {
    return createClient(this.#options);
  }

  #createConsumer(groupId: string): Consumer {
    return this.#createClient().consumer({ ...consumerConfig, groupId });
  }

  #createPublisher(compression: kafkajs.CompressionTypes): Publisher {
    const createProducer = () =>
      this.#createClient().producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        // Less would weaken idempotence. A producer that lost its connection for long gives up all the same.
        retry: { retries: Number.MAX_SAFE_INTEGER },
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition!,
      });
    return new Publisher(createProducer, compression, this.#logger);
  }
}
