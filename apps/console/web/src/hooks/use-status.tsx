import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { getStatus, type ServerStatus } from '../api/status.ts';
import { connection } from './use-connection.ts';
import { type Loaded, useLoad } from './use-load.ts';

const StatusContext = createContext<Loaded<ServerStatus> | undefined>(undefined);

/** Asks once what the server is, and again whenever it came back. */
export function StatusProvider({ children }: { children: ComponentChildren }) {
  const status = useLoad(async (signal) => {
    const answer = await getStatus(signal);
    if (!answer.serving) connection.lost();
    return answer;
  }, []);
  return <StatusContext.Provider value={status}>{children}</StatusContext.Provider>;
}

/** What the server is; without a value until it has answered. */
export const useStatus = (): Loaded<ServerStatus> => useContext(StatusContext)!;
