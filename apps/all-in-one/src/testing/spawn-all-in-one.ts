import { holdWrites } from './hold-writes.ts';
import { ServiceProcess } from './service-process.ts';
import { doNotTrackSecret } from './start-suite.ts';
import { SuiteClient } from './suite-client.ts';
import type { ConsoleSuite } from './use-console.ts';

/** The embedded suite with its console, as the process that an operator starts. Disposing kills it. */
export interface SpawnedAllInOne extends ConsoleSuite, AsyncDisposable {
  /** Of the console. */
  readonly url: string;
}

/** Starts the suite on a data folder; resolves when it serves. Revived, it listens where it listened before. */
export async function spawnAllInOne(dataDir: string): Promise<SpawnedAllInOne> {
  const start = (grpcPort: number, httpPort: string): ServiceProcess =>
    new ServiceProcess('all-in-one', {
      ADVOCATE_DATA_DIR: dataDir,
      ADVOCATE_DO_NOT_TRACK_SECRET: doNotTrackSecret,
      ADVOCATE_GRPC_PORT: String(grpcPort),
      ADVOCATE_HTTP_PORT: httpPort,
    });
  let running = start(0, '0');
  const { port, url = '' } = await running.serving;
  const client = new SuiteClient(port);
  return {
    url,
    client,
    kill: () => running.kill(),
    async revive() {
      running = start(port, new URL(url).port);
      await running.serving;
    },
    async hold() {
      const held = holdWrites(dataDir, 'participants.db');
      return { [Symbol.asyncDispose]: async () => held[Symbol.dispose]() };
    },
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await running.kill();
    },
  };
}
