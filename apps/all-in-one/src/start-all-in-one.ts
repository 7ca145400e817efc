import type { ConsoleOptions } from '@advocate/console';
import { startConsole } from '@advocate/console';
import { startIngestion } from '@advocate/ingestion';
import { participantService } from '@advocate/participant-api';
import type { TenantSettings } from '@advocate/domain';
import { defaultTenantSettings } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import type { FilePolicy } from '@advocate/service';
import { createLogger, defaultFilePolicy, startGrpcServer } from '@advocate/service';
import type { ServiceThreadData, ThreadServices } from './service-threads.ts';
import { startServiceThreads } from './service-threads.ts';

export interface AllInOneOptions {
  /** Everything is kept here; made when missing. */
  readonly dataDir: string;
  /** Default `127.0.0.1`. */
  readonly grpcHost?: string;
  /** 0, the default, takes any free port. */
  readonly grpcPort?: number;
  /** Serves the console beside gRPC; absent for none. */
  readonly console?: Pick<ConsoleOptions, 'host' | 'port' | 'tenant' | 'publicUrl'>;
  /** A pino level; default `info`. */
  readonly logLevel?: string;
  /** Threads that apply rows; default 1. */
  readonly consumers?: number;
  /** Into how many partitions rows are dealt; default the number of consumers. */
  readonly partitions?: number;
  /** Larger uploads are refused; default 100 MB. */
  readonly maxFileBytes?: number;
  /** Default 30 days, with links to port 8080 of this machine. */
  readonly filePolicy?: FilePolicy;
  /** Whether webhooks may have addresses inside private networks; default false. */
  readonly allowPrivateWebhooks?: boolean;
  readonly settings?: TenantSettings;
  readonly doNotTrackSecret?: string;
  /** The clock by which jobs are accepted; default the system's. */
  readonly now?: () => number;
}

export interface AllInOne extends AsyncDisposable {
  readonly grpcPort: number;
  /** Where the console listens, if it does. */
  readonly consoleUrl: string | undefined;
}

export const defaultMaxFileBytes = 100_000_000;

/** How this process reaches what listens on every address. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };

/**
 * Starts all four services in this process on the embedded engine: gRPC and ingestion in this thread, notification in a second one, participant
 * and deletion in as many as there are consumers. Unfinished jobs go on. Throws when another process uses the data folder, or the port is taken.
 */
export async function startAllInOne(options: AllInOneOptions): Promise<AllInOne> {
  await using resources = new AsyncDisposableStack();
  const { dataDir, consumers = 1, logLevel = 'info', settings = defaultTenantSettings, now = Date.now, doNotTrackSecret } = options;
  const { maxFileBytes = defaultMaxFileBytes, filePolicy = defaultFilePolicy, allowPrivateWebhooks = false } = options;
  const logger = createLogger('all-in-one', logLevel);
  const secret = doNotTrackSecret === undefined ? {} : { doNotTrackSecret };
  const engine = resources.use(await openEmbeddedEngine({ dataDir, partitions: options.partitions ?? consumers, ...secret }));
  const thread = (services: ThreadServices): ServiceThreadData => ({
    ...{ services, dataDir, logLevel, filePolicy, allowPrivateWebhooks },
    ...secret,
  });
  const threads = [thread('notification'), ...Array.from({ length: consumers }, () => thread('rows'))];
  resources.use(await startServiceThreads(threads));
  const ingestion = resources.use(
    await startIngestion({
      ...engine,
      instance: 'embedded',
      settings,
      maxFileBytes,
      filePolicy,
      allowPrivateWebhooks,
      now,
      logger,
    }),
  );
  const participants = participantService({ ...engine, settings, now, logger });
  const { grpcHost = '127.0.0.1', grpcPort = 0 } = options;
  const server = resources.use(await startGrpcServer(grpcHost, grpcPort, [...ingestion.grpc, participants]));
  const address = `${reachable[grpcHost] ?? grpcHost}:${server.port}`;
  const console = resources.use(options.console && (await startConsole({ ...options.console, server: address, maxFileBytes, logger })));
  const owned = resources.move();
  return { grpcPort: server.port, consoleUrl: console?.url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
