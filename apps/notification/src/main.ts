/** Notification as a process of its own; its gRPC port serves health. On the embedded engine it joins the event log that ingestion serves in the data folder. */
import { openEngine, readEngineConfig } from '@advocate/engine';
import { createLogger, readProcessConfig, runProcess, startGrpcServer } from '@advocate/service';
import { startNotification } from './service.ts';

const config = { ...readProcessConfig(process.env), engine: readEngineConfig(process.env) };
const logger = createLogger('notification', config.logLevel);

await runProcess(logger, async (stop) => {
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await openEngine(config.engine, 'guest', 'notification', logger));
  engine.lost?.addEventListener('abort', () => stop('The event log is gone'));
  resources.use(await startNotification({ ...engine, now: Date.now, logger }));
  const server = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, []));
  logger.info({ port: server.port, engine: config.engine.kind }, 'Notification runs');
  return resources.move();
});
