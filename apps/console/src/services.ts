import type { Unary } from '@advocate/contracts';
import { ask, HealthClient, ImportJobServiceClient, ParticipantServiceClient, UploadServiceClient } from '@advocate/contracts';
import { credentials } from '@grpc/grpc-js';

/** The suite's services, over one connection that comes back by itself. */
export interface Services extends Disposable {
  readonly jobs: ImportJobServiceClient;
  readonly uploads: UploadServiceClient;
  readonly participants: ParticipantServiceClient;
  readonly health: HealthClient;
}

const connection = {
  // An account comes whole, with up to 1,000 participants.
  'grpc.max_receive_message_length': 64 << 20,
  // A server that vanished without a word is noticed.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 5_000,
  // One that is back is found within a second, also at another address.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
  // Proxies from the environment are for the internet.
  'grpc.enable_http_proxy': 0,
};

/** Connects to gRPC at `host:port`, when first asked for something; the server may come later. */
export function connectServices(server: string): Services {
  const jobs = new ImportJobServiceClient(server, credentials.createInsecure(), connection);
  const shared = { channelOverride: jobs.getChannel() };
  return {
    jobs,
    uploads: new UploadServiceClient(server, credentials.createInsecure(), shared),
    participants: new ParticipantServiceClient(server, credentials.createInsecure(), shared),
    health: new HealthClient(server, credentials.createInsecure(), shared),
    [Symbol.dispose]: () => jobs.close(),
  };
}

const answerMs = 100_000;

/** Asks as {@link ask} does, and throws a ServiceError also when there is no answer in time. */
export const askInTime = <Question, Answer>(method: Unary<Question, Answer>, message: Question, patienceMs = answerMs): Promise<Answer> =>
  ask(method, message, { deadline: Date.now() + patienceMs });
