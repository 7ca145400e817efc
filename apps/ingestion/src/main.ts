/** Ingestion as a process of its own: it owns the data folder and its event log, which the other services join. */
import { openEmbeddedEngine } from '@advocate/embedded';
import { createLogger, runProcess, startGrpcServer } from '@advocate/service';
import { readIngestionConfig } from './config.ts';
import { startIngestion } from './service.ts';

const config = readIngestionConfig(process.env);
const logger = createLogger('ingestion', config.logLevel);

await runProcess(logger, async () => {
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await openEmbeddedEngine(config));
  const { settings, maxFileBytes } = config;
  const ingestion = resources.use(await startIngestion({ ...engine, settings, maxFileBytes, now: Date.now, logger }));
  const server = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, [ingestion.grpc]));
  logger.info({ port: server.port, dataDir: config.dataDir }, 'Ingestion serves gRPC');
  return resources.move();
});
