import { request } from './request.ts';

/** What the console talks to. */
export interface ServerStatus {
  readonly tenant: string;
  readonly version: string;
  /** The largest file that is taken; 0 for no limit of the gateway's own. */
  readonly maxFileBytes: number;
  /** Whether the services behind the gateway are healthy. */
  readonly serving: boolean;
}

export const getStatus = (signal?: AbortSignal): Promise<ServerStatus> => request('GET', '/api/status', { ...(signal && { signal }) });
