import { useCallback, useEffect, useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../api/api-error.ts';
import { later, whenVisible } from './later.ts';
import { connection, useConnection } from './use-connection.ts';

/** Something from the server to show. While it is loaded again the value stays the one before. */
export interface Shown<T> {
  readonly value: T | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

export interface Loaded<T> extends Shown<T> {
  /** Takes a newer value than the loaded one. */
  readonly replace: (value: T) => void;
}

/**
 * Loads when the dependencies change and when the server comes back; with `pollMs`, which is told how long the answer took, also that long after each
 * answer, as long as the page can be seen. An unanswered request shows as the away banner.
 */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
  dependencies: readonly unknown[],
  pollMs?: (value: T, tookMs: number) => number,
): Loaded<T> {
  const [state, setState] = useState<Omit<Shown<T>, 'reload'>>({ value: undefined, error: undefined, isLoading: true });
  const [turn, setTurn] = useState(0);
  const { returns } = useConnection();

  useEffect(() => {
    const controller = new AbortController();
    let stopWaiting = (): void => {};
    const run = async (): Promise<void> => {
      const asked = performance.now();
      try {
        const value = await load(controller.signal);
        if (controller.signal.aborted) return;
        setState({ value, error: undefined, isLoading: false });
        if (pollMs === undefined) return;
        const pauseMs = pollMs(value, performance.now() - asked);
        stopWaiting = later(() => (stopWaiting = whenVisible(() => void run())), pauseMs);
      } catch (reason) {
        if (controller.signal.aborted) return;
        const error = toApiError(reason);
        if (error.isAway) connection.lost();
        setState(({ value }) => ({ value, error, isLoading: false }));
      }
    };
    setState((before) => ({ ...before, isLoading: true }));
    void run();
    return () => {
      controller.abort();
      stopWaiting();
    };
  }, [...dependencies, turn, returns]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const replace = useCallback((value: T) => setState({ value, error: undefined, isLoading: false }), []);
  return { ...state, reload, replace };
}
