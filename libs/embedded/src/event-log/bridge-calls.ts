import type { DeadLetter, Topic } from '@advocate/ports';

/** What a process that joins the log asks of the one that serves it. */
export type ClientCall =
  /** The body is the values, one after the other. */
  | { readonly type: 'publish'; readonly topic: Topic; readonly messages: readonly MessageHead[] }
  | { readonly type: 'join'; readonly consumer: number; readonly topic: Topic; readonly group: string }
  /** Answered once the message in hand is handled. */
  | { readonly type: 'leave'; readonly consumer: number }
  /** Answered with {@link WrittenDeadLetter}s. */
  | { readonly type: 'dead-letters'; readonly limit: number; readonly after?: string | undefined }
  /** Answered with whether there is one. */
  | { readonly type: 'replay'; readonly id: string };

/** What the process that serves the log asks of one that joined. */
export type ServerCall =
  /** The first call on a connection. */
  | { readonly type: 'welcome'; readonly partitions: PartitionCounts }
  /** The body is the value; answered with a {@link Handled} once it is handled. */
  | { readonly type: 'deliver'; readonly consumer: number; readonly topic: Topic; readonly key: string; readonly partition: number }
  /** Asks the handler to stop early. */
  | { readonly type: 'stop'; readonly consumer: number };

export interface Handled {
  /** Why the message can never be handled. */
  readonly undecodable?: string;
}

export type WrittenDeadLetter = Omit<DeadLetter, 'date'> & { readonly date: string };

export interface MessageHead {
  readonly key: string;
  readonly partition: number;
  readonly bytes: number;
}

export type PartitionCounts = Readonly<Record<Topic, number>>;
