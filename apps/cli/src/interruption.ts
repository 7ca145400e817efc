import { constants } from 'node:os';
import { Interrupted } from './errors.ts';

/** A terminal signals the whole process group and npx forwards the signal once more: within this time it is one signal. */
const sameSignalMs = 1000;
/** How long stopping may take before the process ends all the same. */
const stopDeadlineMs = 20_000;

/**
 * A signal that aborts, with an `Interrupted` as its reason, at SIGINT or SIGTERM. The process then has some seconds to end by itself; a
 * second signal ends it at once.
 */
export function listenForInterruption(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    const exitStatus = 128 + constants.signals[name];
    process.on(name, () => {
      if (controller.signal.aborted) {
        if (Date.now() - firstAt > sameSignalMs) process.exit(exitStatus);
        return;
      }
      firstAt = Date.now();
      controller.abort(new Interrupted(exitStatus));
      setTimeout(() => process.exit(exitStatus), stopDeadlineMs).unref();
    });
  }
  return controller.signal;
}
