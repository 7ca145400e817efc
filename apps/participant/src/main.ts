/** Participant as a process of its own. It joins the event log that ingestion serves in the data folder. */
import { joinEmbeddedEngine } from '@advocate/embedded';
import { createLogger, runProcess, startGrpcServer } from '@advocate/service';
import { readParticipantConfig } from './config.ts';
import { participantService } from './grpc/participant-service.ts';
import { startParticipant } from './service.ts';

const config = readParticipantConfig(process.env);
const logger = createLogger('participant', config.logLevel);

await runProcess(logger, async (stop) => {
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await joinEmbeddedEngine(config));
  engine.lost?.addEventListener('abort', () => stop('The event log is gone'));
  resources.use(await startParticipant({ ...engine, logger }));
  const grpc = participantService({ ...engine, settings: config.settings, now: Date.now, logger });
  const server = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, [grpc]));
  logger.info({ port: server.port, dataDir: config.dataDir }, 'Participant serves gRPC');
  return resources.move();
});
