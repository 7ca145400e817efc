import type { Consumer } from 'kafkajs';
import { setTimeout } from 'node:timers/promises';
import { type KafkaLogger, rootCause } from './create-client.ts';
import { GroupMember, type MemberOptions } from './group-member.ts';

const restartPause = 1_000;

/** A consumer that never gives up: when the driver's consumer ends, for whatever reason, another takes its place. */
export class GroupConsumer implements AsyncDisposable {
  readonly #createConsumer: () => Consumer;
  readonly #options: MemberOptions;
  readonly #logger: KafkaLogger;
  readonly #stop = new AbortController();
  readonly #placed = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;

  /** Begins to consume. */
  constructor(createConsumer: () => Consumer, options: Omit<MemberOptions, 'signal'>, logger: KafkaLogger) {
    this.#createConsumer = createConsumer;
    this.#options = { ...options, signal: this.#stop.signal };
    this.#logger = logger;
    this.#ended = this.#run().finally(() => this.#placed.resolve());
  }

  /** Resolves when it has its place in the group for the first time, or has ended before. */
  get placed(): Promise<void> {
    return this.#placed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const member = new GroupMember(this.#createConsumer(), this.#options);
      void member.placed.then(() => this.#placed.resolve());
      const error = await member.run();
      if (!error) return;
      this.#logger.warn({ err: rootCause(error), topic: this.#options.topic }, 'A consumer lost Kafka; it joins its group again');
      await setTimeout(restartPause, undefined, { signal }).catch(() => {});
    }
  }
}
