const firstPauseMs = 1000;
const longestPauseMs = 3600 * 1000;
/** With these the pauses add up to a day. */
const maxAttempts = 36;

/**
 * When what has failed so many times is tried again, in milliseconds from now; undefined when it is given up. The pauses double from a second up to an hour,
 * and are longer or shorter by up to a fifth, so that receivers who were away are not met by everything at once.
 *
 * @param random from 0 up to 1
 */
export function pauseAfter(attempts: number, random: number): number | undefined {
  if (attempts >= maxAttempts) return undefined;
  return Math.round(Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1)) * (0.8 + 0.4 * random));
}
