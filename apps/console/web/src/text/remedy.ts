import type { ApiError } from '../api/api-error.ts';

/** What to do about an error, where its message does not say it: as a sentence. */
export function remedy({ isAway, status }: ApiError): string | undefined {
  if (isAway) return 'Nothing is lost. Try again once the server is back.';
  if (status === 413) return 'Split the file, or ask whoever runs the server to raise its limit.';
  if (status === 429) return 'Too much is going on at the moment. Try again in a minute.';
  if (status === 401 || status === 403) return 'Reload the page. If that does not help, ask whoever runs the server.';
  if (status >= 500) return 'Try again. If it happens again, ask whoever runs the server to look at its log.';
  return undefined;
}
