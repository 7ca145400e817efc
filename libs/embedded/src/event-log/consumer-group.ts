import { UndecodableMessageError, type IncomingMessage, type MessageHandler } from '@advocate/ports';
import { setImmediate } from 'node:timers/promises';
import type { Cursor } from './partition-log.ts';

const firstPause = 50;
const longestPause = 5_000;

/** A partition as the group sees it. */
interface Lane {
  readonly cursor: Cursor;
  inHand: boolean;
  failures: number;
  pause?: NodeJS.Timeout | undefined;
}

interface Consumer {
  readonly handle: MessageHandler;
  readonly stop: AbortController;
  /** The lane it served last; the next one has the next turn. */
  lane: number;
  inHand?: Promise<void> | undefined;
}

/**
 * Consumers who share the partitions of a topic: consumer i of n has every n-th partition from i. A consumer handles one message at a
 * time and takes turns between its partitions. A partition whose message is in hand stays out of reach until that is handled, also when it
 * has moved to another consumer meanwhile.
 */
export class ConsumerGroup {
  readonly #lanes: readonly Lane[];
  readonly #undecodable: (message: IncomingMessage, reason: string) => void;
  #consumers: readonly Consumer[] = [];

  /** `undecodable` takes each message that a handler could not decode. */
  constructor(cursors: readonly Cursor[], undecodable: (message: IncomingMessage, reason: string) => void) {
    this.#undecodable = undecodable;
    this.#lanes = cursors.map((cursor) => ({ cursor, inHand: false, failures: 0 }));
  }

  /** Adds a consumer. Disposing it aborts the signal of its handler, and resolves once the message in hand is handled. */
  join(handle: MessageHandler): AsyncDisposable {
    const consumer: Consumer = { handle, stop: new AbortController(), lane: -1 };
    this.#consumers = [...this.#consumers, consumer];
    this.wake();
    return { [Symbol.asyncDispose]: () => this.#leave(consumer) };
  }

  /** Has every idle consumer look for a message. */
  wake(): void {
    for (const consumer of this.#consumers) this.#take(consumer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => this.#leave(consumer)));
    for (const { pause } of this.#lanes) clearTimeout(pause);
  }

  async #leave(consumer: Consumer): Promise<void> {
    this.#consumers = this.#consumers.filter((other) => other !== consumer);
    consumer.stop.abort();
    this.wake();
    await consumer.inHand;
  }

  #take(consumer: Consumer): void {
    if (consumer.inHand || consumer.stop.signal.aborted) return;
    const lane = this.#nextLane(consumer);
    if (!lane) return;
    lane.inHand = true;
    consumer.inHand = this.#handleNext(lane, consumer).finally(() => {
      lane.inHand = false;
      consumer.inHand = undefined;
      this.wake();
    });
  }

  #nextLane(consumer: Consumer): Lane | undefined {
    const place = this.#consumers.indexOf(consumer);
    for (let step = 1; step <= this.#lanes.length; step++) {
      const index = (consumer.lane + step) % this.#lanes.length;
      const lane = this.#lanes[index]!;
      if (index % this.#consumers.length !== place || lane.inHand || lane.pause || !lane.cursor.peek()) continue;
      consumer.lane = index;
      return lane;
    }
    return undefined;
  }

  async #handleNext(lane: Lane, { handle, stop: { signal } }: Consumer): Promise<void> {
    // Handlers over synchronous stores never wait for I/O: without this, a full log would starve timers and sockets.
    await setImmediate();
    if (signal.aborted) return;
    const message = lane.cursor.peek()!;
    try {
      await handle(message, signal);
    } catch (error) {
      if (!(error instanceof UndecodableMessageError)) {
        // A handler that stops early because it was asked to has not failed.
        if (!signal.aborted) this.#pause(lane);
        return;
      }
      this.#undecodable(message, error.reason);
    }
    lane.failures = 0;
    lane.cursor.advance();
  }

  #pause(lane: Lane): void {
    const pause = Math.min(firstPause * 2 ** lane.failures++, longestPause);
    lane.pause = setTimeout(() => {
      lane.pause = undefined;
      this.wake();
    }, pause);
  }
}
