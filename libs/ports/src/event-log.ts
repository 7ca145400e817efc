/**
 * A log of topics in partitions, read by groups of consumers. Delivery is at least once; within a partition, messages reach a group
 * one after the other in the order in which they were published.
 */
export interface EventLog extends AsyncDisposable {
  /**
   * Appends messages in order; resolves once the log has taken them all. Waits while the log is full, so a fast publisher is slowed
   * to the pace of the slowest group.
   */
  publish(topic: Topic, messages: readonly OutgoingMessage[]): Promise<void>;

  /**
   * Joins a group. Every partition of the topic belongs to one consumer of the group at a time; partitions move when consumers come and
   * go, after the message in hand was handled. A message counts as consumed when `handle` resolves; when it throws, the same message is handled
   * again, after a pause, before any later one of its partition. Disposing waits for the messages in hand.
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
