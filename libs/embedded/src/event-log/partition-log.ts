import { giveBack, type IncomingMessage } from '@advocate/ports';

/** How much a partition keeps. A message that is larger than `bytes` is taken when the partition is empty. */
export interface Capacity {
  readonly messages: number;
  readonly bytes: number;
}

interface WaitingMessage extends PromiseWithResolvers<void> {
  readonly message: IncomingMessage;
}

/**
 * The messages of a partition from the first that some cursor has yet to pass. While it is full, what is appended waits its turn; before
 * there is a cursor, the oldest messages make room instead.
 */
export class PartitionLog {
  readonly #capacity: Capacity;
  readonly #appended: () => void;
  readonly #messages: IncomingMessage[] = [];
  readonly #waiting: WaitingMessage[] = [];
  readonly #cursors: { next: number }[] = [];
  #first = 0;
  #bytes = 0;

  /** `appended` is called after each message that came in. */
  constructor(capacity: Capacity, appended: () => void) {
    this.#capacity = capacity;
    this.#appended = appended;
  }

  /** Resolves once the message is in; rejects when the wait is cut short by {@link refuseWaiting}. */
  async append(message: IncomingMessage): Promise<void> {
    if (this.#cursors.length === 0) while (!this.#hasRoomFor(message)) this.#dropFirst();
    if (this.#waiting.length === 0 && this.#hasRoomFor(message)) {
      this.#push(message);
      return;
    }
    const turn = Promise.withResolvers<void>();
    this.#waiting.push({ message, ...turn });
    return turn.promise;
  }

  /** A new cursor, which stands at the oldest message that is kept. */
  openCursor(): Cursor {
    const position = { next: this.#first };
    this.#cursors.push(position);
    return {
      peek: () => this.#messages[position.next - this.#first],
      advance: () => {
        position.next++;
        this.#dropPassed();
      },
    };
  }

  refuseWaiting(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #hasRoomFor({ value }: IncomingMessage): boolean {
    const { messages, bytes } = this.#capacity;
    return this.#messages.length === 0 || (this.#messages.length < messages && this.#bytes + value.byteLength <= bytes);
  }

  #push(message: IncomingMessage): void {
    this.#messages.push(message);
    this.#bytes += message.value.byteLength;
    this.#appended();
  }

  #dropFirst(): void {
    const { value } = this.#messages.shift()!;
    this.#bytes -= value.byteLength;
    this.#first++;
    giveBack(value);
  }

  #dropPassed(): void {
    const slowest = Math.min(...this.#cursors.map(({ next }) => next));
    while (this.#first < slowest) this.#dropFirst();
    for (let turn = this.#waiting[0]; turn && this.#hasRoomFor(turn.message); turn = this.#waiting[0]) {
      this.#waiting.shift();
      this.#push(turn.message);
      turn.resolve();
    }
  }
}

/** Where a group stands in a partition. */
export interface Cursor {
  /** The message to consume next, if it is there. */
  peek(): IncomingMessage | undefined;

  /** Passes the message to consume next. */
  advance(): void;
}
