import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { WatchImportJobResponse } from '@advocate/contracts';
import { read } from '@advocate/contracts';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { toHttpError } from './http-error.ts';

const heartbeatMs = 15_000;
const reconnectMs = 1_000;

/**
 * Sends a job whenever it moves as server-sent events: the job as data, the event `end` after its final status, and `away` with the error's body when the
 * services went away before. A comment every 15 seconds keeps the connection. Throws when there is no such job, or the services are away from the beginning; the call is
 * cancelled when the browser goes away.
 */
export async function sendWatch(call: ClientReadableStream<WatchImportJobResponse>, outgoing: ServerResponse): Promise<Response> {
  const gone = new AbortController();
  outgoing.once('close', () => {
    gone.abort();
    call.cancel();
  });
  const messages = read(call);
  const first = await messages.next();
  outgoing.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  outgoing.write(`retry: ${reconnectMs}\n\n`);
  const heartbeat = setInterval(() => outgoing.write(':\n\n'), heartbeatMs);
  try {
    if (!first.done) outgoing.write(eventText(first.value.importJob));
    for await (const { importJob } of messages) {
      if (!outgoing.write(eventText(importJob))) await once(outgoing, 'drain', { signal: gone.signal });
    }
    outgoing.end(eventText({}, 'end'));
  } catch (error) {
    outgoing.end(eventText(toHttpError(error).body, 'away'));
  } finally {
    clearInterval(heartbeat);
  }
  return RESPONSE_ALREADY_SENT;
}

/** JSON has no line breaks, so one line carries it. */
function eventText(data: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}
