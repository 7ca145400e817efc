import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Receives what is posted, on a port of 127.0.0.1. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** What came, in order. */
  readonly received: readonly Received[];
}

/** Starts a receiver that answers as it is told, 204 by default. */
export async function startReceiver(
  answer: (response: ServerResponse, received: Received, count: number) => void | Promise<void> = (response) =>
    void response.writeHead(204).end(),
  port = 0,
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const one = { headers: request.headers, body };
      return answer(response, one, received.push(one));
    });
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
