import type { Socket } from 'node:net';
import { readFrames, writeFrame } from './frames.ts';

/** Does what the other side calls for, and answers with plain data or nothing. Calls are begun in the order in which they were made. */
export type Answer<Call> = (call: Call, body: Buffer) => Promise<unknown>;

type Header<Call> = { readonly id: number; readonly call: Call } | Settlement;

interface Settlement {
  /** The call's id. */
  readonly answers: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** One end of a socket over which both sides call each other. */
export class Peer<Call> {
  readonly #socket: Socket;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #closed = new AbortController();
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    // Errors come out of the iteration in `listen`; one that comes after it would end the process.
    socket.on('error', () => {});
  }

  /** Aborted once the connection is closed, by whomever. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Resolves with the answer when the other side has done it, and rejects with its error, or with {@link ConnectionLostError}. */
  async call(call: Call, body: readonly Uint8Array[] = []): Promise<unknown> {
    if (this.closed.aborted) throw new ConnectionLostError();
    const answer = Promise.withResolvers<unknown>();
    this.#calls.set(++this.#lastId, answer);
    this.#write({ id: this.#lastId, call }, body);
    return answer.promise;
  }

  /** Answers calls until the connection is closed. */
  async listen<Incoming>(answer: Answer<Incoming>): Promise<void> {
    try {
      for await (const { header, body } of readFrames(this.#socket)) {
        // A block may hold more frames than were wanted.
        if (this.closed.aborted) return;
        const incoming = header as Header<Incoming>;
        if ('answers' in incoming) this.#settle(incoming);
        else void this.#answer(incoming.id, () => answer(incoming.call, body));
      }
    } catch {
      // However it ended, the connection is lost.
    } finally {
      this.close();
    }
  }

  /** Closes the connection; calls that are under way are rejected. */
  close(): void {
    this.#socket.destroySoon();
    this.#closed.abort();
    for (const { reject } of this.#calls.values()) reject(new ConnectionLostError());
    this.#calls.clear();
  }

  async #answer(id: number, act: () => Promise<unknown>): Promise<void> {
    try {
      this.#write({ answers: id, result: await act() });
    } catch (error) {
      this.#write({ answers: id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  #settle({ answers, result, error }: Settlement): void {
    const call = this.#calls.get(answers);
    this.#calls.delete(answers);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error));
  }

  #write(header: Header<unknown>, body: readonly Uint8Array[] = []): void {
    if (!this.closed.aborted) writeFrame(this.#socket, header, body);
  }
}

export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  constructor() {
    super('The connection to the event log is lost; what was under way may have happened or not');
  }
}
