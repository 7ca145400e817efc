import { requirePartitions, type DeadLetter, type EventLog, type MessageHandler, type OutgoingMessage, type Topic } from '@advocate/ports';
import { ConsumerGroup } from './consumer-group.ts';
import { DeadLetterList } from './dead-letter-list.ts';
import { PartitionLog, type Capacity } from './partition-log.ts';

export interface EventLogOptions {
  /** Of each topic. */
  readonly partitions: number;
  /** Of each partition. */
  readonly capacity?: Capacity;
}

const defaultCapacity: Capacity = { messages: 256, bytes: 8 << 20 };
const deadLetterCapacity: Capacity = { messages: 1_000, bytes: 16 << 20 };

/**
 * An event log in the memory of this process.
 *
 * A group is known from its first consumer on, and stays so when its consumers leave: what it has yet to consume is kept, and holds back
 * publishers once a partition is full. A topic without a group holds back nobody: each partition keeps its newest messages, as many as
 * fit, for the first group to start with. The dead letters, too, are those that fit.
 */
export function createEventLog({ partitions, capacity = defaultCapacity }: EventLogOptions): EventLog {
  return new InProcessEventLog(partitions, capacity);
}

export class EventLogClosedError extends Error {
  override readonly name = 'EventLogClosedError';
  constructor() {
    super('The event log is closed');
  }
}

interface TopicLog {
  readonly partitions: readonly PartitionLog[];
  readonly groups: Map<string, ConsumerGroup>;
}

class InProcessEventLog implements EventLog {
  readonly #partitions: number;
  readonly #capacity: Capacity;
  readonly #topics = new Map<Topic, TopicLog>();
  readonly #deadLetters = new DeadLetterList(deadLetterCapacity);
  #closed = false;

  constructor(partitions: number, capacity: Capacity) {
    this.#partitions = partitions;
    this.#capacity = capacity;
  }

  async publish(topic: Topic, messages: readonly OutgoingMessage[]): Promise<void> {
    requirePartitions(this, topic, messages);
    const { partitions } = this.#topic(topic);
    for (const { key, partition, value } of messages) {
      if (this.#closed) throw new EventLogClosedError();
      await partitions[partition]!.append({ topic, key, partition, value });
    }
  }

  async consume(topic: Topic, group: string, handle: MessageHandler): Promise<AsyncDisposable> {
    if (this.#closed) throw new EventLogClosedError();
    const { partitions, groups } = this.#topic(topic);
    const members = groups.get(group) ?? this.#openGroup(partitions);
    groups.set(group, members);
    return members.join(handle);
  }

  partitions(): number {
    return this.#partitions;
  }

  async deadLetters(limit: number, after?: string): Promise<readonly DeadLetter[]> {
    return this.#deadLetters.list(limit, after);
  }

  async replay(id: string): Promise<boolean> {
    const message = this.#deadLetters.find(id);
    if (message) await this.publish(message.topic, [message]);
    return message !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const topics = [...this.#topics.values()];
    // First of all, as a handler in hand may wait for room that no consumer will make any more.
    for (const partition of topics.flatMap(({ partitions }) => partitions)) partition.refuseWaiting(new EventLogClosedError());
    await Promise.all(topics.flatMap(({ groups }) => [...groups.values()]).map((group) => group[Symbol.asyncDispose]()));
  }

  #openGroup(partitions: readonly PartitionLog[]): ConsumerGroup {
    const cursors = partitions.map((partition) => partition.openCursor());
    return new ConsumerGroup(cursors, (message, reason) => this.#deadLetters.add(message, reason));
  }

  #topic(topic: Topic): TopicLog {
    const known = this.#topics.get(topic);
    if (known) return known;
    const groups = new Map<string, ConsumerGroup>();
    const appended = () => groups.forEach((group) => group.wake());
    const partitions = Array.from({ length: this.#partitions }, () => new PartitionLog(this.#capacity, appended));
    const created = { partitions, groups };
    this.#topics.set(topic, created);
    return created;
  }
}
