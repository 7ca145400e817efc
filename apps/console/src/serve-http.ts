import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { NodeEnv } from './request.ts';
import { setSecurityHeaders } from './security-headers.ts';

export interface HttpServer extends AsyncDisposable {
  /** Where it listens; the port is the real one when 0 was asked for. */
  readonly port: number;
}

const limits = {
  headersTimeout: 10_000,
  // For an upload; one that takes longer goes on with another request.
  requestTimeout: 3_600_000,
  // Longer than a person takes to read a page, so that connections are seldom closed just when they are used again.
  keepAliveTimeout: 65_000,
};

/** A connection on which nothing moves is closed, after any answer of the services could have come. */
const idleMs = 120_000;

/** How long answers may go on after the server was told to stop. */
const drainMs = 2_000;

/** Serves HTTP. Throws when the port is taken. Disposing lets answers end, for a while. */
export async function serveHttp(app: Hono<NodeEnv>, host: string, port: number): Promise<HttpServer> {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer(limits, (incoming, outgoing) => {
    setSecurityHeaders(outgoing);
    void listener(incoming, outgoing);
  });
  server.timeout = idleMs;
  server.listen(port, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const deadline = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(deadline);
}
