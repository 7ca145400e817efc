import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { doNotTrackSecret } from './start-suite.ts';

/** One of the four services in a process of its own. */
export interface SpawnedService extends AsyncDisposable {
  /** Its gRPC port. */
  readonly port: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit status. */
  stop(): Promise<number | null>;
}

/** Starts a service by its own entry point on the embedded engine. Disposing kills it. Throws what the process had to say when it does not come to serve. */
export async function spawnService(
  service: 'ingestion' | 'participant' | 'deletion' | 'notification',
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<SpawnedService> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../..', service, 'src/main.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      ...{ ADVOCATE_ENGINE: 'embedded', ADVOCATE_DATA_DIR: dataDir, ADVOCATE_GRPC_PORT: '0', ADVOCATE_LOG_LEVEL: 'info' },
      ADVOCATE_DO_NOT_TRACK_SECRET: doNotTrackSecret,
      ...environment,
    },
  });
  const exit = once(child, 'exit') as Promise<[code: number | null]>;
  const said: string[] = [];
  const port = Promise.withResolvers<number | undefined>();
  createInterface(child.stderr).on('line', (line) => {
    said.push(line);
    const { port: served } = JSON.parse(line) as { port?: number };
    if (served !== undefined) port.resolve(served);
  });
  void exit.then(() => port.resolve(undefined));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  const served = await port.promise;
  if (served === undefined) throw new Error(`The process of ${service} did not come to serve: ${said.join('\n')}`);
  return {
    port: served,
    kill,
    async stop() {
      child.kill('SIGTERM');
      const [status] = await exit;
      return status;
    },
    [Symbol.asyncDispose]: kill,
  };
}
