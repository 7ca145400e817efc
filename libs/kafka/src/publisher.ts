import type { CompressionTypes, Message, Producer } from 'kafkajs';
import { setTimeout } from 'node:timers/promises';
import { type KafkaLogger, rootCause } from './create-client.ts';
import { longestValue } from './topics.ts';

/** What is sent in one request, unless a single message is larger. */
const roundBytes = 4 << 20;
const roundMessages = 2_000;
/** Roughly what a message takes besides its key and value. */
const overheadBytes = 64;

const firstPause = 100;
const longestPause = 2_000;
/** How long the messages that wait when a publisher is disposed may still take. */
const drainMs = 5_000;

/** Errors that blame the messages, or who sends them; to send them again would change nothing. */
const refusals = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'POLICY_VIOLATION',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
]);

interface Publication extends PromiseWithResolvers<void> {
  readonly topic: string;
  readonly messages: readonly Message[];
  /** The first that is not sent. */
  next: number;
}

/** Messages of one publication that are sent together. */
interface Parcel {
  readonly publication: Publication;
  readonly topic: string;
  readonly messages: readonly Message[];
}

export class LogClosedError extends Error {
  override readonly name = 'LogClosedError';
  constructor() {
    super('The event log is closed');
  }
}

/**
 * Sends messages in the order in which they were published, one request at a time: what comes meanwhile goes together in the next. One at a
 * time, because the driver may give the numbers of a request that broke off, by which brokers know a message again, to another request
 * that waits; the broker would then drop the one and append the other twice.
 */
export class Publisher implements AsyncDisposable {
  readonly #createProducer: () => Producer;
  readonly #compression: CompressionTypes;
  readonly #logger: KafkaLogger;
  readonly #queue: Publication[] = [];
  readonly #closed = new AbortController();
  #closing = false;
  #producer: Promise<Producer> | undefined;
  #draining: Promise<void> | undefined;

  constructor(createProducer: () => Producer, compression: CompressionTypes, logger: KafkaLogger) {
    this.#createProducer = createProducer;
    this.#compression = compression;
    this.#logger = logger;
  }

  /** Resolves once the brokers have taken all messages, be it after minutes; rejects only when they refuse one for good, or when disposed. */
  async publish(topic: string, messages: readonly Message[]): Promise<void> {
    if (this.#closing) throw new LogClosedError();
    for (const { value } of messages) {
      if (value !== null && value.length > longestValue)
        throw new RangeError(`A value of ${value.length} bytes is too large; ${longestValue} are taken`);
    }
    if (messages.length === 0) return;
    const publication: Publication = { topic, messages, next: 0, ...Promise.withResolvers<void>() };
    this.#queue.push(publication);
    this.#draining ??= this.#drain().finally(() => (this.#draining = undefined));
    return publication.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    const deadline = globalThis.setTimeout(() => this.#closed.abort(new LogClosedError()), drainMs);
    await this.#draining;
    clearTimeout(deadline);
    this.#dropProducer();
  }

  async #drain(): Promise<void> {
    // Gives everything that is published in this turn of the event loop a place in the first round.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const round = this.#takeRound();
      const error = await this.#deliver(round);
      // One refused message refuses the request: find whose it was.
      for (const parcel of round) this.#settle(parcel, error && round.length > 1 ? await this.#deliver([parcel]) : error);
    }
  }

  #takeRound(): Parcel[] {
    const round: Parcel[] = [];
    let bytes = 0;
    let count = 0;
    for (const publication of this.#queue) {
      const { topic, messages, next } = publication;
      let end = next;
      for (; end < messages.length; end++) {
        const size = sizeOf(messages[end]!);
        if (count > 0 && (count === roundMessages || bytes + size > roundBytes)) break;
        bytes += size;
        count++;
      }
      if (end > next)
        round.push({ publication, topic, messages: next === 0 && end === messages.length ? messages : messages.slice(next, end) });
      if (end < messages.length) break;
    }
    return round;
  }

  #settle({ publication, messages }: Parcel, error: Error | undefined): void {
    publication.next += messages.length;
    if (error) publication.reject(error);
    else if (publication.next === publication.messages.length) publication.resolve();
    else return;
    this.#queue.splice(this.#queue.indexOf(publication), 1);
  }

  /** Sends until the brokers have taken everything; answers with the error when they refuse something for good, or when it is too late. */
  async #deliver(parcels: readonly Parcel[]): Promise<Error | undefined> {
    let pending: readonly Pick<Parcel, 'topic' | 'messages'>[] = parcels;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      if (this.#closed.signal.aborted) return this.#closed.signal.reason as Error;
      try {
        pending = await this.#send(pending);
        if (pending.length === 0) return undefined;
      } catch (error) {
        const root = rootCause(error);
        // The next attempt sends the same batches under the same numbers. After other errors the driver's numbers cannot be trusted.
        if (root.retriable !== true) this.#dropProducer();
        if (root.type !== undefined && refusals.has(root.type)) return root;
        this.#logger.warn(
          { err: root, topics: [...new Set(pending.map(({ topic }) => topic))] },
          'Kafka does not take messages; they are sent again',
        );
      }
      await setTimeout(pause, undefined, { signal: this.#closed.signal }).catch(() => {});
    }
  }

  /** Answers what was not taken: the driver forgets about partitions that get another leader meanwhile. */
  async #send(pending: readonly Pick<Parcel, 'topic' | 'messages'>[]): Promise<Pick<Parcel, 'topic' | 'messages'>[]> {
    this.#producer ??= this.#connect();
    const producer = await this.#producer;
    const topicMessages = pending.map(({ topic, messages }) => ({ topic, messages: messages as Message[] }));
    const taken = await producer.sendBatch({ acks: -1, compression: this.#compression, topicMessages });
    const places = new Set(taken.map(({ topicName, partition }) => `${topicName}/${partition}`));
    return pending
      .map(({ topic, messages }) => ({ topic, messages: messages.filter(({ partition }) => !places.has(`${topic}/${partition}`)) }))
      .filter(({ messages }) => messages.length > 0);
  }

  async #connect(): Promise<Producer> {
    const producer = this.#createProducer();
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      this.#producer = undefined;
      void producer.disconnect().catch(() => {});
      throw error;
    }
  }

  #dropProducer(): void {
    const producer = this.#producer;
    this.#producer = undefined;
    void producer?.then((each) => each.disconnect()).catch(() => {});
  }
}

function sizeOf({ key, value }: Message): number {
  return overheadBytes + (key?.length ?? 0) + (value?.length ?? 0);
}
