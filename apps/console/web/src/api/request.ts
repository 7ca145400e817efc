import { readError, serverAway } from './api-error.ts';

/** The gateway refuses a change without it, which a page of another site cannot send. */
export const changeHeaders = { 'X-Advocate-Console': '1' } as const;

type Method = 'GET' | 'HEAD' | 'POST' | 'DELETE';

/** Calls the gateway and answers the body. Throws ApiError, or the signal's reason. */
export async function request<T>(method: Method, path: string, options: { body?: unknown; signal?: AbortSignal } = {}): Promise<T> {
  const { body, signal } = options;
  const response = await fetch(path, {
    method,
    headers: {
      ...(method === 'GET' ? {} : changeHeaders),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error instanceof TypeError ? serverAway() : error;
  });
  const answer: unknown = await response.json().catch(() => undefined);
  signal?.throwIfAborted();
  if (!response.ok) throw readError(response.status, answer);
  return answer as T;
}

/** `/api/tenants/{tenant}/…`, with each part escaped. */
export const tenantPath = (tenant: string, ...parts: readonly string[]): string =>
  ['/api/tenants', ...[tenant, ...parts].map((part) => encodeURIComponent(part))].join('/');

/** `?a=1&b=2` of what has a value; empty when nothing has. */
export function queryText(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '' && value !== 0);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}
