import { setImmediate } from 'node:timers/promises';

/** Numbers that look random and are the same for a seed: mulberry32. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

/** A worker of the model: it moves only when the scheduler lets it, one step at a time, and may crash before any. */
export interface Actor {
  /** Resolves when the actor may take its next step; never, once it has crashed. */
  step(): Promise<void>;
}

interface Running {
  readonly waiting: (() => void)[];
  readonly onCrash: () => void;
  isDone: boolean;
}

/** Lets actors take their steps in an order that the seed draws, one at a time, and crashes some. */
export class Scheduler {
  readonly #random: SeededRandom;
  readonly #actors = new Set<Running>();
  #crashesLeft: number;
  #failure: { readonly error: unknown } | undefined;
  steps = 0;

  constructor(random: SeededRandom, crashes: number) {
    this.#random = random;
    this.#crashesLeft = crashes;
  }

  /** Starts an actor. One that crashed takes no further step, and `onCrash` says what follows. */
  start(run: (actor: Actor) => Promise<void>, onCrash: () => void): void {
    const running: Running = { waiting: [], onCrash, isDone: false };
    this.#actors.add(running);
    const actor: Actor = {
      step: () =>
        new Promise((resolve) => {
          running.waiting.push(resolve);
        }),
    };
    run(actor).then(
      () => (running.isDone = true),
      (error: unknown) => (this.#failure ??= { error }),
    );
  }

  /** Runs until all actors are done; false when they keep each other from coming to an end. Rejects with the first error of one. */
  async run(): Promise<boolean> {
    while (this.#actors.size > 0) {
      // All that can be done without a step is done before the next one.
      await setImmediate();
      if (this.#failure !== undefined) throw this.#failure.error;
      for (const actor of this.#actors) if (actor.isDone) this.#actors.delete(actor);
      const ready = [...this.#actors].filter(({ waiting }) => waiting.length > 0);
      if (ready.length === 0) continue;
      const actor = this.#random.pick(ready);
      if (this.#crashesLeft > 0 && this.#random.chance(crashChance)) {
        this.#crashesLeft -= 1;
        this.#actors.delete(actor);
        actor.onCrash();
        continue;
      }
      this.steps += 1;
      if (this.steps > endlessSteps) return false;
      actor.waiting.splice(this.#random.below(actor.waiting.length), 1)[0]!();
    }
    return true;
  }
}

const crashChance = 0.03;
/** Many times more than any run takes that ends. */
const endlessSteps = 20_000;
