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
   *
   * Disposing aborts the handler's signal and waits for the message in hand; a handler that throws then leaves its message to the others of
   * the group. A handler must not wait for the disposal of its own consumer.
   */
  consume(topic: Topic, group: string, handle: MessageHandler): Promise<AsyncDisposable>;

  /** How many partitions the topic has. */
  partitions(topic: Topic): number;
}

export type MessageHandler = (message: IncomingMessage, signal: AbortSignal) => Promise<void>;

/** The topics of the suite. */
export type Topic = 'rows.users' | 'rows.deletions' | 'chunks.outcomes' | 'slices.finished' | 'jobs.drained' | 'advocate.job-events';

export interface OutgoingMessage {
  readonly key: string;
  /** From 0, below the topic's partition count. */
  readonly partition: number;
  readonly value: Uint8Array;
}

export interface IncomingMessage extends OutgoingMessage {
  readonly topic: Topic;
}
