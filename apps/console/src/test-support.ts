import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createLogger } from '@advocate/service';
import { onTestFinished } from 'vitest';
import { createGateway } from './gateway.ts';
import { serveHttp } from './serve-http.ts';
import { connectServices } from './services.ts';
import { loadWebApp } from './web-app.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks like no browser, which would set headers of its own. */
export async function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  const call = request({ host: '127.0.0.1', port, path, method, headers });
  call.end(body);
  const [incoming] = (await once(call, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await buffer(incoming) };
}

/** The error in an answer's body. */
export function errorOf({ body }: Answer): { readonly code: string; readonly reason: string; readonly message: string } {
  return (JSON.parse(body.toString()) as { error: { code: string; reason: string; message: string } }).error;
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A folder with files, gone after the test. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'advocate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

export interface GatewayOptions {
  /** Of the web app. */
  readonly files?: Readonly<Record<string, string>>;
  readonly publicUrl?: URL;
  /** Of the services; they are away when absent. */
  readonly grpcPort?: number;
}

/** Serves a gateway for the length of a test. Answers its port. */
export async function serveGateway({ files = {}, publicUrl, grpcPort }: GatewayOptions = {}): Promise<number> {
  const services = connectServices(`127.0.0.1:${grpcPort ?? (await freePort())}`);
  const gateway = createGateway({
    services,
    webApp: await loadWebApp(await folderWith(files)),
    tenant: 'default',
    names: publicUrl === undefined ? [] : [publicUrl.hostname],
    ...(publicUrl === undefined ? {} : { publicUrl }),
    maxFileBytes: 1000,
    version: '1.2.3',
    logger: createLogger('test', 'silent'),
  });
  const server = await serveHttp(gateway, '127.0.0.1', 0);
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    services[Symbol.dispose]();
  });
  return server.port;
}
