import { useEffect, useState } from 'preact/hooks';
import { Connection, type ConnectionState } from '../api/connection.ts';
import { getStatus } from '../api/status.ts';
import { later } from './later.ts';

/** The page's one connection. */
export const connection = new Connection({ probe: async () => (await getStatus(AbortSignal.timeout(10_000))).serving, later });

/** Whether the server is away, always up to date. */
export function useConnection(): ConnectionState {
  const [state, setState] = useState(connection.state);
  useEffect(() => {
    setState(connection.state);
    return connection.listen(setState);
  }, []);
  return state;
}
