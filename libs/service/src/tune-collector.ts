import { setFlagsFromString } from 'node:v8';

/** Sets the garbage collector for services, in this process and the threads that it starts from now on. */
export function tuneCollector(): void {
  // Services keep the cores busy themselves: helpers of the collector would only take turns with them, at a sixth of the time.
  setFlagsFromString('--no-parallel-scavenge');
  // Also what each thread lets pile up of buffers that nobody uses any more: four times this much. By default that is over 100 MB a thread.
  setFlagsFromString('--scavenger-max-new-space-capacity-mb=2');
}

/**
 * Lets the heap of this process grow to four times what lives in it before all of it is collected, buffers outside of it included. By default, every 64 MB of
 * buffers have that done, which cost a service that passes files on half its time.
 */
export function letHeapGrow(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--heap-growing-percent=300');
}

/**
 * Keeps the room for new objects as it is in this thread, and gives each thread that is started from now on two halves of `halfMb`. Of itself it grows with what
 * lives through collections, so with the length of a run: in the main thread up to 128 MB, which are never given back.
 */
export function fixYoungGenerations(halfMb: number): void {
  setFlagsFromString(`--min-semi-space-size=${halfMb}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}
