/** Notification as a process of its own; its gRPC port serves health. On the embedded engine it joins the event log that ingestion serves in the data folder. */
import { randomUUID } from 'node:crypto';
import { openEngine, readEngineConfig } from '@advocate/engine';
import { createLogger, readEnvironment, readFilePolicy, readProcessConfig, runService, startGrpcServer } from '@advocate/service';
import { startNotification } from './service.ts';

const config = { ...readProcessConfig(process.env), engine: readEngineConfig(process.env), filePolicy: readFilePolicy(process.env) };
const { ADVOCATE_WEBHOOK_ALLOW_PRIVATE: allowPrivateWebhooks } = readEnvironment(process.env, 'ADVOCATE_WEBHOOK_ALLOW_PRIVATE');
const logger = createLogger('notification', config.logLevel);

await runService(logger, async (stop) => {
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await openEngine(config.engine, 'guest', 'notification', logger));
  engine.lost?.addEventListener('abort', () => stop('The event log is gone'));
  // There is one of a data folder.
  const instance = config.engine.kind === 'embedded' ? 'embedded' : randomUUID();
  resources.use(
    await startNotification({ ...engine, instance, filePolicy: config.filePolicy, allowPrivateWebhooks, now: Date.now, logger }),
  );
  const server = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, []));
  logger.info({ port: server.port, engine: config.engine.kind }, 'Notification runs');
  return resources.move();
});
