const shortestMs = 3000;

/** How long after an answer a running job is asked again what its rows fail of, so that asking takes at most a twentieth of the time. */
export const digestPauseMs = (tookMs: number): number => Math.max(shortestMs, 20 * tookMs);
