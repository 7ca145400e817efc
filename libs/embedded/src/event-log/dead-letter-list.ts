import type { DeadLetter, IncomingMessage } from '@advocate/ports';
import type { Capacity } from './partition-log.ts';

interface KeptMessage {
  readonly letter: DeadLetter;
  readonly message: IncomingMessage;
}

/** The messages that could not be decoded: the newest of them, as many as fit. Ids count up. */
export class DeadLetterList {
  readonly #capacity: Capacity;
  /** Oldest first. */
  readonly #kept: KeptMessage[] = [];
  #bytes = 0;
  #lastId = 0;

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
  }

  add(message: IncomingMessage, reason: string): void {
    const { topic, partition, key, value } = message;
    const letter = { id: String(++this.#lastId), topic, partition, key, reason, date: new Date(), size: value.byteLength };
    // The log frees the value of a message that was passed.
    this.#kept.push({ letter, message: { ...message, value: new Uint8Array(value) } });
    this.#bytes += letter.size;
    while (this.#kept.length > 1 && (this.#kept.length > this.#capacity.messages || this.#bytes > this.#capacity.bytes)) {
      this.#bytes -= this.#kept.shift()!.letter.size;
    }
  }

  /** Newest first, only those before the one with the id `after`. */
  list(limit: number, after?: string): DeadLetter[] {
    const older = this.#kept.filter(({ letter }) => after === undefined || Number(letter.id) < Number(after));
    return older
      .slice(Math.max(0, older.length - limit))
      .map(({ letter }) => letter)
      .reverse();
  }

  /** The message of a letter, to be published again: its value is a copy. */
  find(id: string): IncomingMessage | undefined {
    const message = this.#kept.find(({ letter }) => letter.id === id)?.message;
    return message && { ...message, value: new Uint8Array(message.value) };
  }
}
