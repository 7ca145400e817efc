import { setFlagsFromString } from 'node:v8';

/** Has the garbage collector keep memory low, in this process and the threads that it starts from now on. */
export function keepMemoryLow(): void {
  leaveCoresAlone();
  letBuffersPileUp(8);
}

/**
 * Has the garbage collector of a service that has its process to itself save time rather than memory: its heap grows to four times what lives in it before all
 * of it is collected, buffers outside of it included. By default, every 64 MB of buffers have that done, which cost a service that passes files on half its time.
 */
export function letMemoryGrow(): void {
  leaveCoresAlone();
  letBuffersPileUp(64);
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--heap-growing-percent=300');
}

/** Services keep the cores busy themselves: helpers of the collector would only take turns with them, at a sixth of the time. */
const leaveCoresAlone = (): void => setFlagsFromString('--no-parallel-scavenge');

/**
 * Sets what each thread lets pile up of buffers that nobody may use any more, by default over 100 MB. Then the new objects are collected, and whatever a
 * chunk needs for longer is moved.
 */
const letBuffersPileUp = (megabytes: number): void => setFlagsFromString(`--scavenger-max-new-space-capacity-mb=${megabytes / 4}`);

/**
 * Keeps the room for new objects as it is in this thread, and gives each thread that is started from now on two halves of `halfMb`. Of itself it grows with what
 * lives through collections, so with the length of a run: in the main thread up to 128 MB, which are never given back.
 */
export function fixYoungGenerations(halfMb: number): void {
  setFlagsFromString(`--min-semi-space-size=${halfMb}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}
