/** Ingestion as a process of its own. On the embedded engine it owns the data folder and its event log, which the other services join. */
import { randomUUID } from 'node:crypto';
import { openEngine } from '@advocate/engine';
import { participantService } from '@advocate/participant-api';
import { createLogger, runService, startGrpcServer } from '@advocate/service';
import { readIngestionConfig } from './config.ts';
import { startIngestion } from './service.ts';

const config = readIngestionConfig(process.env);
const logger = createLogger('ingestion', config.logLevel);

await runService(logger, async () => {
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await openEngine(config.engine, 'owner', 'ingestion', logger));
  const { settings, maxFileBytes, filePolicy, allowPrivateWebhooks } = config;
  // The owner of a data folder is alone, and takes up at once what it left.
  const instance = config.engine.kind === 'embedded' ? 'embedded' : randomUUID();
  const ingestion = resources.use(
    await startIngestion({ ...engine, instance, settings, maxFileBytes, filePolicy, allowPrivateWebhooks, now: Date.now, logger }),
  );
  // So that clients need no other address.
  const participants = participantService({ ...engine, settings, now: Date.now, logger });
  const server = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, [...ingestion.grpc, participants]));
  logger.info({ port: server.port, engine: config.engine.kind }, 'Ingestion serves gRPC');
  return resources.move();
});
