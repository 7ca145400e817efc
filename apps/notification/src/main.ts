/** Notification as a process of its own; its gRPC port serves health. It joins the event log that ingestion serves in the data folder. */
import { joinEmbeddedEngine } from '@advocate/embedded';
import { createLogger, readProcessConfig, runProcess, startGrpcServer } from '@advocate/service';
import { startNotification } from './service.ts';

const config = readProcessConfig(process.env);
const logger = createLogger('notification', config.logLevel);

await runProcess(logger, async (stop) => {
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await joinEmbeddedEngine(config));
  engine.lost?.addEventListener('abort', () => stop('The event log is gone'));
  resources.use(await startNotification({ ...engine, now: Date.now, logger }));
  const server = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, []));
  logger.info({ port: server.port, dataDir: config.dataDir }, 'Notification runs');
  return resources.move();
});
