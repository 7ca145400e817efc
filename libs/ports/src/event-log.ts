/**
 * A log of topics in partitions, read by groups of consumers. Delivery is at least once; within a partition, messages reach a group
 * one after the other in the order in which they were published. Disposing ends the consumers as disposing each of them does, and
 * refuses what is published or consumed from then on.
 */
export interface EventLog extends AsyncDisposable {
  /**
   * Appends messages in order; resolves once the log has taken them all. A log of limited room waits while it is full, so a fast publisher is
   * slowed to the pace of the slowest group; a topic that no group consumes never makes a publisher wait. The values belong to the log
   * from then on. Throws a RangeError when a message names a partition that the topic does not have, and publishes none then.
   */
  publish(topic: Topic, messages: readonly OutgoingMessage[]): Promise<void>;

  /**
   * Joins a group. A new group starts with the oldest message that the log has kept; a group that has lost its consumers goes on where they
   * stopped. Every partition of the topic belongs to one consumer of the group at a time; partitions move when consumers come and
   * go, after the message in hand was handled. A consumer handles one message at a time, and its partitions take turns: more consumers, more
   * parallelism. A message counts as consumed when `handle` resolves; when it throws, the same message is handled again, after a pause,
   * before any later one of its partition, while other partitions go on. Nobody is told what it threw: `handle` logs it itself.
   * One exception: an {@link UndecodableMessageError} moves the message to the dead letters, and it counts as consumed.
   *
   * Resolves when the consumer has its place in the group, or a little later when the others keep it waiting. Disposing aborts the
   * handler's signal and waits for the message in hand; a handler that throws then leaves its message to the others of the group. A handler
   * must not wait for the disposal of its own consumer.
   */
  consume(topic: Topic, group: string, handle: MessageHandler): Promise<AsyncDisposable>;

  /** How many partitions the topic has. */
  partitions(topic: Topic): number;

  /**
   * The messages that no handler could decode, newest first: at most `limit` of them, and only those older than the one with the id `after`.
   * The log keeps them for a while, not for ever. Several groups of a topic may each have left the same message there.
   */
  deadLetters(limit: number, after?: string): Promise<readonly DeadLetter[]>;

  /**
   * Publishes a dead letter once more, as it was, to the topic and partition that it was meant for, where every group gets it. It stays in
   * the list. False when there is none with this id.
   */
  replay(id: string): Promise<boolean>;
}

/** Handles a message, whose value is valid until then. */
export type MessageHandler = (message: IncomingMessage, signal: AbortSignal) => Promise<void>;

/** Thrown by a handler when the message can never be handled, as it is not what the topic carries. */
export class UndecodableMessageError extends Error {
  override readonly name = 'UndecodableMessageError';
  readonly reason: string;

  /** `reason` is a sentence for the operator, and names no participant. */
  constructor(reason: string, options?: ErrorOptions) {
    super(`The message cannot be decoded: ${reason}`, options);
    this.reason = reason;
  }
}

/** The topics of the suite. Those that begin with `advocate.` are public: others may consume them. */
export const topics = [
  'rows.users',
  'rows.deletions',
  'chunks.outcomes',
  'slices.finished',
  'jobs.drained',
  'advocate.job-events',
  'advocate.participant-events',
] as const;

export type Topic = (typeof topics)[number];

export interface OutgoingMessage {
  readonly key: string;
  /** From 0, below the topic's partition count. */
  readonly partition: number;
  readonly value: Uint8Array;
}

export interface IncomingMessage extends OutgoingMessage {
  readonly topic: Topic;
}

/** A message that could not be decoded, without its value. */
export interface DeadLetter {
  readonly id: string;
  readonly topic: Topic;
  readonly partition: number;
  readonly key: string;
  readonly reason: string;
  /** When it was put here. */
  readonly date: Date;
  /** Of the value, in bytes. */
  readonly size: number;
}

/** Throws a RangeError when a message names a partition that the topic does not have. */
export function requirePartitions(log: EventLog, topic: Topic, messages: readonly OutgoingMessage[]): void {
  const count = log.partitions(topic);
  for (const { partition } of messages) {
    if (!(Number.isInteger(partition) && partition >= 0 && partition < count)) {
      throw new RangeError(`The topic ${topic} has ${count} partitions, and no partition ${partition}`);
    }
  }
}
