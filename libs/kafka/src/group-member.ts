import { UndecodableMessageError, type MessageHandler, type Topic } from '@advocate/ports';
import kafkajs, { type Consumer, type ConsumerConfig, type EachBatchPayload, type KafkaMessage } from 'kafkajs';
import { addAbortListener } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { BatchCommits } from './batch-commits.ts';
import { fromKafkaMessage, unreadableVersion } from './message-format.ts';

export interface MemberOptions {
  readonly topic: Topic;
  /** What Kafka calls the topic. */
  readonly topicName: string;
  readonly partitions: number;
  readonly handle: MessageHandler;
  /** Takes a message that cannot be decoded. */
  readonly undecodable: (message: KafkaMessage, partition: number, reason: string) => Promise<void>;
  /** Aborted when the consumer is to stop. */
  readonly signal: AbortSignal;
}

const heartbeatMs = 1_000;
/** How long the others of a group wait for a message in hand before its partition moves. */
const rebalanceMs = 300_000;
/** Longer than any answer of a broker may take. */
const silenceMs = rebalanceMs + 60_000;

export const consumerConfig: Omit<ConsumerConfig, 'groupId'> = {
  // After that a consumer that was killed is missed.
  sessionTimeout: 10_000,
  heartbeatInterval: heartbeatMs,
  rebalanceTimeout: rebalanceMs,
  // Of compressed batches, which may hold ten times as much. From the first partition
  // that has something a broker gives at least one batch, however large.
  maxBytesPerPartition: 1 << 19,
  maxBytes: 2 << 20,
  // A partition whose pause is over waits that long at worst.
  maxWaitTimeInMs: 250,
  allowAutoTopicCreation: false,
  // The consumer is replaced as a whole.
  retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: async () => false },
};

/**
 * The driver fetches again when all that a fetch brought is handled, and partitions that had nothing then wait for it. So what is not
 * handled after a while is left, to be fetched again; but not so early that consumers mostly fetch.
 */
const shortestTurn = 1_000;
const longestTurn = 10_000;
const turnPerFetch = 5;

const firstPause = 50;
const longestPause = 5_000;

/**
 * How long to leave may take. In the middle of a rebalance the driver has to join first, for which others of the group may be in the
 * middle of a long message; they get along without a farewell.
 */
const farewellMs = 5_000;

/** One life of the driver's consumer, from joining its group to leaving it. */
export class GroupMember {
  readonly #consumer: Consumer;
  readonly #options: MemberOptions;
  readonly #failures = new Map<number, number>();
  readonly #pauses = new Set<NodeJS.Timeout>();
  /** The end of the turn that was taken last. */
  #turn: Promise<void> = Promise.resolve();
  /** Counts the assignments: what was fetched under an earlier one may belong to another member by now. */
  #assignment = 0;
  readonly #placed = Promise.withResolvers<void>();
  #inHand: Promise<boolean> | undefined;
  #heartbeat: (() => Promise<void>) | undefined;
  /** What the last fetch took. */
  #fetchMs = 0;
  #lastHeard = Date.now();

  constructor(consumer: Consumer, options: MemberOptions) {
    this.#consumer = consumer;
    this.#options = options;
  }

  /** Resolves when it has its place in the group. */
  get placed(): Promise<void> {
    return this.#placed.promise;
  }

  /** Consumes until it is to stop, and waits for the message in hand; answers with the error when it ended before. */
  async run(): Promise<Error | undefined> {
    const { CRASH, FETCH, GROUP_JOIN, REQUEST } = this.#consumer.events;
    const { signal } = this.#options;
    const end = Promise.withResolvers<Error | undefined>();
    this.#consumer.on(CRASH, ({ payload }) => end.resolve(payload.error));
    this.#consumer.on(GROUP_JOIN, () => {
      this.#assignment++;
      this.#placed.resolve();
    });
    this.#consumer.on(FETCH, ({ payload }) => void (this.#fetchMs = payload.duration));
    this.#consumer.on(REQUEST, () => void (this.#lastHeard = Date.now()));
    using _ = addAbortListener(signal, () => end.resolve(undefined));
    const pulse = setInterval(() => {
      // The driver sends none while a message is handled or a fetch unpacked. A failure shows when the next message is taken, or this one committed.
      void this.#heartbeat?.().catch(() => {});
      if (this.#isForsaken()) end.resolve(new Error('Kafka has not answered for minutes'));
    }, heartbeatMs);
    const joined = this.#join().catch((error: unknown) => end.resolve(error as Error));
    const error = await end.promise;
    await this.#inHand;
    clearInterval(pulse);
    await this.#leave(joined);
    return error;
  }

  async #join(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [this.#options.topicName], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // All at once, so that they can take turns message by message.
      partitionsConsumedConcurrently: this.#options.partitions,
      eachBatch: (payload) => this.#handleBatch(payload),
    });
  }

  async #leave(joined: Promise<void>): Promise<void> {
    for (const pause of this.#pauses) clearTimeout(pause);
    // Only a consumer that has joined can be stopped; one that is about to would go on after it.
    const left = joined.then(() => this.#consumer.disconnect()).catch(() => {});
    await Promise.race([left, delay(farewellMs, undefined, { ref: false })]);
  }

  #isForsaken(): boolean {
    return !this.#inHand && Date.now() - this.#lastHeard > silenceMs;
  }

  async #handleBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    this.#heartbeat = () => payload.heartbeat();
    const assignment = this.#assignment;
    const isOurs = () => assignment === this.#assignment;
    const commits = new BatchCommits(async (offset) => {
      if (isOurs()) await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    });
    try {
      await this.#handleMessages(payload, isOurs, commits);
    } finally {
      await commits.settle();
    }
    // An error that the driver may try again after has it leave at once, where a plain return may have it join anew before.
    if (this.#isStopping(payload)) throw new kafkajs.KafkaJSError('The consumer is to stop');
  }

  async #handleMessages({ batch, ...payload }: EachBatchPayload, isOurs: () => boolean, commits: BatchCommits): Promise<void> {
    const { partition, messages } = batch;
    const until = performance.now() + Math.min(Math.max(shortestTurn, turnPerFetch * this.#fetchMs), longestTurn);
    for (const message of messages) {
      using _ = await this.#takeTurn();
      if (this.#isStopping(payload) || (message !== messages[0] && performance.now() > until)) return;
      // Throws when the group is about to be assigned anew, and the driver joins again.
      await payload.heartbeat();
      if (!isOurs()) return;
      this.#inHand = this.#handle(message, partition);
      const consumed = await this.#inHand;
      this.#inHand = undefined;
      if (!isOurs()) return;
      if (!consumed) {
        this.#rest(partition, payload.pause());
        return;
      }
      this.#failures.delete(partition);
      payload.resolveOffset(message.offset);
      commits.add(message.offset);
    }
  }

  #isStopping({ isRunning }: Pick<EachBatchPayload, 'isRunning'>): boolean {
    return this.#options.signal.aborted || !isRunning();
  }

  /** Resolves when those who asked before have had their turn. */
  async #takeTurn(): Promise<Disposable> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    return { [Symbol.dispose]: resolve };
  }

  /** True when the message counts as consumed. */
  async #handle(message: KafkaMessage, partition: number): Promise<boolean> {
    const { topic, handle, undecodable, signal } = this.#options;
    try {
      const unreadable = unreadableVersion(message.headers);
      if (unreadable !== undefined) throw new UndecodableMessageError(unreadable);
      await handle(fromKafkaMessage(topic, partition, message), signal);
      return true;
    } catch (error) {
      if (!(error instanceof UndecodableMessageError)) return false;
      return await undecodable(message, partition, error.reason).then(
        () => true,
        () => false,
      );
    }
  }

  #rest(partition: number, resume: () => void): void {
    const failures = this.#failures.get(partition) ?? 0;
    this.#failures.set(partition, failures + 1);
    const pause = setTimeout(
      () => {
        this.#pauses.delete(pause);
        resume();
      },
      Math.min(firstPause * 2 ** failures, longestPause),
    );
    this.#pauses.add(pause);
  }
}
