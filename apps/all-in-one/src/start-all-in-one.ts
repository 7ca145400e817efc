import { startIngestion } from '@advocate/ingestion';
import { participantService } from '@advocate/participant-api';
import type { TenantSettings } from '@advocate/domain';
import { defaultTenantSettings } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import { createLogger, startGrpcServer } from '@advocate/service';
import type { ServiceThreadData, ThreadServices } from './service-threads.ts';
import { startServiceThreads } from './service-threads.ts';

export interface AllInOneOptions {
  /** Everything is kept here; made when missing. */
  readonly dataDir: string;
  /** Default `127.0.0.1`. */
  readonly grpcHost?: string;
  /** 0, the default, takes any free port. */
  readonly grpcPort?: number;
  /** A pino level; default `info`. */
  readonly logLevel?: string;
  /** Threads that apply rows; default 1. */
  readonly consumers?: number;
  /** Into how many partitions rows are dealt; default the number of consumers. */
  readonly partitions?: number;
  /** Larger uploads are refused; default 100 MB. */
  readonly maxFileBytes?: number;
  readonly settings?: TenantSettings;
  readonly doNotTrackSecret?: string;
  /** The clock by which jobs are accepted; default the system's. */
  readonly now?: () => number;
}

export interface AllInOne extends AsyncDisposable {
  readonly grpcPort: number;
}

export const defaultMaxFileBytes = 100_000_000;

/**
 * Starts all four services in this process on the embedded engine: gRPC and ingestion in this thread, notification in a second one, participant
 * and deletion in as many as there are consumers. Unfinished jobs go on. Throws when another process uses the data folder, or the port is taken.
 */
export async function startAllInOne(options: AllInOneOptions): Promise<AllInOne> {
  await using resources = new AsyncDisposableStack();
  const { dataDir, consumers = 1, logLevel = 'info', settings = defaultTenantSettings, now = Date.now, doNotTrackSecret } = options;
  const logger = createLogger('all-in-one', logLevel);
  const secret = doNotTrackSecret === undefined ? {} : { doNotTrackSecret };
  const engine = resources.use(await openEmbeddedEngine({ dataDir, partitions: options.partitions ?? consumers, ...secret }));
  const thread = (services: ThreadServices): ServiceThreadData => ({ services, dataDir, logLevel, ...secret });
  const threads = [thread('notification'), ...Array.from({ length: consumers }, () => thread('rows'))];
  resources.use(await startServiceThreads(threads));
  const ingestion = resources.use(
    await startIngestion({
      ...engine,
      instance: 'embedded',
      settings,
      maxFileBytes: options.maxFileBytes ?? defaultMaxFileBytes,
      now,
      logger,
    }),
  );
  const participants = participantService({ ...engine, settings, now, logger });
  const { grpcHost = '127.0.0.1', grpcPort = 0 } = options;
  const server = resources.use(await startGrpcServer(grpcHost, grpcPort, [...ingestion.grpc, participants]));
  const owned = resources.move();
  return { grpcPort: server.port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
