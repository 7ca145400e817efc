import {
  giveBack,
  requirePartitions,
  UndecodableMessageError,
  type DeadLetter,
  type EventLog,
  type MessageHandler,
  type OutgoingMessage,
  type Topic,
} from '@advocate/ports';
import { addAbortListener, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { ClientCall, Handled, PartitionCounts, ServerCall, WrittenDeadLetter } from './bridge-calls.ts';
import { EventLogClosedError } from './create-event-log.ts';
import { ConnectionLostError, Peer } from './peer.ts';
import { socketAddress } from './socket-address.ts';

/** The log of another thread or process. */
export interface ConnectedEventLog extends EventLog {
  /**
   * Aborted when the connection is lost, and not when the log is disposed. Its consumers have left their groups then, and everything that
   * is asked of it throws; connect anew.
   */
  readonly lost: AbortSignal;
}

const retryPause = 50;

/** Joins the log that a process of this machine serves at a path; waits some seconds for it to appear, then throws. */
export async function connectEventLog(socketPath: string, { waitMs = 5_000 } = {}): Promise<ConnectedEventLog> {
  const peer = new Peer<ClientCall>(await openSocket(socketPath, Date.now() + waitMs));
  const welcome = Promise.withResolvers<PartitionCounts>();
  const consumers = new Map<number, RemoteConsumer>();
  const answer = async (call: ServerCall, body: Buffer) => {
    if (call.type === 'deliver') return deliver(consumers.get(call.consumer), call, body);
    if (call.type === 'welcome') welcome.resolve(call.partitions);
    else consumers.get(call.consumer)?.stop.abort();
    return undefined;
  };
  void peer.listen(answer).then(() => welcome.reject(new ConnectionLostError()));
  return new RemoteEventLog(peer, consumers, await welcome.promise);
}

async function openSocket(socketPath: string, deadline: number): Promise<Socket> {
  const address = await socketAddress(socketPath);
  for (;;) {
    const socket = connect(address);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (Date.now() >= deadline) throw new Error(`No event log answers at ${address}; is the engine running?`, { cause: error });
      await setTimeout(retryPause);
    }
  }
}

interface RemoteConsumer {
  readonly handle: MessageHandler;
  readonly stop: AbortController;
  inHand?: Promise<void>;
}

async function deliver(consumer: RemoteConsumer | undefined, call: ServerCall & { type: 'deliver' }, value: Buffer): Promise<Handled> {
  if (!consumer) throw new Error(`There is no consumer ${call.consumer}`);
  const { topic, key, partition } = call;
  const { promise, resolve } = Promise.withResolvers<void>();
  consumer.inHand = promise;
  try {
    await consumer.handle({ topic, key, partition, value }, consumer.stop.signal);
    return {};
  } catch (error) {
    if (error instanceof UndecodableMessageError) return { undecodable: error.reason };
    throw error;
  } finally {
    giveBack(value);
    resolve();
  }
}

class RemoteEventLog implements ConnectedEventLog {
  readonly #peer: Peer<ClientCall>;
  readonly #consumers: Map<number, RemoteConsumer>;
  readonly #partitions: PartitionCounts;
  readonly #closing = new AbortController();
  readonly #lost = new AbortController();
  #lastConsumer = 0;

  constructor(peer: Peer<ClientCall>, consumers: Map<number, RemoteConsumer>, partitions: PartitionCounts) {
    this.#peer = peer;
    this.#consumers = consumers;
    this.#partitions = partitions;
    addAbortListener(peer.closed, () => {
      for (const { stop } of consumers.values()) stop.abort();
      if (!this.#closing.signal.aborted) this.#lost.abort(new ConnectionLostError());
    });
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async publish(topic: Topic, messages: readonly OutgoingMessage[]): Promise<void> {
    requirePartitions(this, topic, messages);
    for (const batch of batches(messages)) {
      const heads = batch.map(({ key, partition, value }) => ({ key, partition, bytes: value.byteLength }));
      const values = batch.map(({ value }) => value);
      await this.#untilClosing(() => this.#peer.call({ type: 'publish', topic, messages: heads }, values));
      for (const value of values) giveBack(value);
    }
  }

  async consume(topic: Topic, group: string, handle: MessageHandler): Promise<AsyncDisposable> {
    const id = ++this.#lastConsumer;
    const consumer: RemoteConsumer = { handle, stop: new AbortController() };
    this.#consumers.set(id, consumer);
    await this.#untilClosing(() => this.#peer.call({ type: 'join', consumer: id, topic, group }));
    return { [Symbol.asyncDispose]: () => this.#leave(id, consumer) };
  }

  partitions(topic: Topic): number {
    return this.#partitions[topic];
  }

  async deadLetters(limit: number, after?: string): Promise<readonly DeadLetter[]> {
    const letters = await this.#untilClosing(() => this.#peer.call({ type: 'dead-letters', limit, after }));
    return (letters as WrittenDeadLetter[]).map((letter) => ({ ...letter, date: new Date(letter.date) }));
  }

  async replay(id: string): Promise<boolean> {
    return (await this.#untilClosing(() => this.#peer.call({ type: 'replay', id }))) as boolean;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new EventLogClosedError());
    await Promise.all([...this.#consumers].map(([id, consumer]) => this.#leave(id, consumer)));
    this.#peer.close();
  }

  async #leave(id: number, consumer: RemoteConsumer): Promise<void> {
    // The other side has the handler stop. On a lost connection, the consumer has left already.
    await this.#peer.call({ type: 'leave', consumer: id }).catch(() => {});
    await consumer.inHand;
    this.#consumers.delete(id);
  }

  /** Rejects as soon as this log is disposed: a handler in hand may wait here for room that no consumer will make any more. */
  async #untilClosing(call: () => Promise<unknown>): Promise<unknown> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    using _ = addAbortListener(signal, () => reject(signal.reason));
    call().then(resolve, reject);
    return await promise;
  }
}

const batchBytes = 1 << 20;
/** Roughly what a message takes in a frame besides its key and value. */
const headBytes = 64;

/** Runs of messages of about a megabyte, or a single message that is larger. The next is sent when the log has taken the one before. */
function* batches(messages: readonly OutgoingMessage[]): Generator<OutgoingMessage[]> {
  let batch: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = headBytes + message.key.length + message.value.byteLength;
    if (batch.length > 0 && bytes + size > batchBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
