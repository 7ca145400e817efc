import { ConsoleClient } from './console-client.ts';
import { ServiceProcess } from './service-process.ts';

/** A console in a process of its own. */
export interface SpawnedConsole extends AsyncDisposable {
  readonly url: string;
  readonly client: ConsoleClient;
  readonly pid: number;
}

/** Starts a console by its own entry point for the services at a gRPC port. Disposing stops it, and throws when it does not end well. */
export async function spawnConsole(grpcPort: number): Promise<SpawnedConsole> {
  const spawned = new ServiceProcess('console', { ADVOCATE_SERVER: `127.0.0.1:${grpcPort}`, ADVOCATE_HTTP_PORT: '0' });
  const { url = '' } = await spawned.serving;
  return {
    url,
    client: new ConsoleClient(url),
    pid: spawned.pid,
    async [Symbol.asyncDispose]() {
      const status = await spawned.stop();
      if (status !== 0) throw new Error(`The console ended with ${status}: ${spawned.troubles.join('\n')}`);
    },
  };
}
