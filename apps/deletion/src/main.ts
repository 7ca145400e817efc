/** Deletion as a process of its own; its gRPC port serves health. On the embedded engine it joins the event log that ingestion serves in the data folder. */
import { openEngine, readEngineConfig } from '@advocate/engine';
import { createLogger, readProcessConfig, runService, startGrpcServer } from '@advocate/service';
import { startDeletion } from './service.ts';

const config = { ...readProcessConfig(process.env), engine: readEngineConfig(process.env) };
const logger = createLogger('deletion', config.logLevel);

await runService(logger, async (stop) => {
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await openEngine(config.engine, 'guest', 'deletion', logger));
  engine.lost?.addEventListener('abort', () => stop('The event log is gone'));
  resources.use(await startDeletion({ ...engine, logger, consumers: config.engine.consumers }));
  const server = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, []));
  logger.info({ port: server.port, engine: config.engine.kind }, 'Deletion runs');
  return resources.move();
});
