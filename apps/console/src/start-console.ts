import { readFileSync } from 'node:fs';
import type { Logger } from '@advocate/service';
import { createGateway } from './gateway.ts';
import { serveHttp } from './serve-http.ts';
import { connectServices } from './services.ts';
import type { WebApp } from './web-app.ts';
import { loadWebApp } from './web-app.ts';
import { findWebApp } from './web-build.ts';

export interface ConsoleOptions {
  /** Address that HTTP listens on. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** `host:port` of the services' gRPC. */
  readonly server: string;
  /** The tenant that the page opens with. */
  readonly tenant: string;
  /** Where people reach the console, when that is not where it listens. */
  readonly publicUrl?: URL;
  /** What people are told of the services, which refuse larger files. */
  readonly maxFileBytes: number;
  readonly logger: Logger;
}

export interface Console extends AsyncDisposable {
  readonly port: number;
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };

/**
 * Serves the console: the web app, and its API over the services' gRPC, which may come and go. Throws when the port is taken. Disposing lets answers
 * end, for a while.
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { host, publicUrl, logger } = options;
  await using resources = new AsyncDisposableStack();
  const services = resources.use(connectServices(options.server));
  const names = [host, ...(publicUrl === undefined ? [] : [publicUrl.hostname])];
  const gateway = createGateway({ ...options, services, names, version, webApp: await openWebApp(logger) });
  const { port } = resources.use(await serveHttp(gateway, host, options.port));
  const opened = resources.move();
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { port, url, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The API works without the web app, and the log says what is missing. */
async function openWebApp(logger: Logger): Promise<WebApp> {
  try {
    return await loadWebApp(await findWebApp(logger));
  } catch (error) {
    logger.warn(error instanceof Error ? error.message : String(error));
    return new Map();
  }
}
