import { ServiceProcess, type ServiceName } from './service-process.ts';
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

/** Starts a service on the embedded engine; resolves when it serves. Disposing kills it. Throws what the process had to say when it does not come to serve. */
export async function spawnService(
  service: ServiceName,
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<SpawnedService> {
  const spawned = new ServiceProcess(service, {
    ...{ ADVOCATE_ENGINE: 'embedded', ADVOCATE_DATA_DIR: dataDir, ADVOCATE_DO_NOT_TRACK_SECRET: doNotTrackSecret },
    ...environment,
  });
  const { port } = await spawned.serving;
  return { port, kill: () => spawned.kill(), stop: () => spawned.stop(), [Symbol.asyncDispose]: () => spawned.kill() };
}
