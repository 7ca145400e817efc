import { setTimeout as pause } from 'node:timers/promises';

/**
 * Does work again and again, with a pause before each time; what it throws is handed to `failed`, and it goes on. Disposing waits for the work in hand.
 */
export function repeat(pauseMs: number, work: () => Promise<void>, failed: (error: unknown) => void): AsyncDisposable {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    for (;;) {
      await pause(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      await work().catch(failed);
    }
  };
  const done = run();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done;
    },
  };
}
