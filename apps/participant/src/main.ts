/** Participant as a process of its own. On the embedded engine it joins the event log that ingestion serves in the data folder. */
import { openEngine } from '@advocate/engine';
import { participantService } from '@advocate/participant-api';
import { createLogger, runService, startGrpcServer } from '@advocate/service';
import { readParticipantConfig } from './config.ts';
import { startParticipant } from './service.ts';

const config = readParticipantConfig(process.env);
const logger = createLogger('participant', config.logLevel);

await runService(logger, async (stop) => {
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await openEngine(config.engine, 'guest', 'participant', logger));
  engine.lost?.addEventListener('abort', () => stop('The event log is gone'));
  resources.use(await startParticipant({ ...engine, logger, consumers: config.engine.consumers }));
  const grpc = participantService({ ...engine, settings: config.settings, now: Date.now, logger });
  const server = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, [grpc]));
  logger.info({ port: server.port, engine: config.engine.kind }, 'Participant serves gRPC');
  return resources.move();
});
