import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../api/api-error.ts';
import { connection } from './use-connection.ts';

/** Something that a person asks the server to do. */
export interface Action<Given extends readonly unknown[]> {
  readonly run: (...given: Given) => Promise<void>;
  readonly isRunning: boolean;
  /** Why it was refused the last time. */
  readonly error: ApiError | undefined;
  readonly clear: () => void;
}

/** Runs one at a time, and keeps the error for showing. */
export function useAction<Given extends readonly unknown[]>(act: (...given: Given) => Promise<void>): Action<Given> {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = async (...given: Given): Promise<void> => {
    if (isRunning) return;
    setRunning(true);
    setError(undefined);
    try {
      await act(...given);
    } catch (reason) {
      const refusal = toApiError(reason);
      if (refusal.isAway) connection.lost();
      setError(refusal);
    }
    setRunning(false);
  };
  return { run, isRunning, error, clear: () => setError(undefined) };
}
