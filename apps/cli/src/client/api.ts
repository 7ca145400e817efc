import { credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type { Unary } from '@advocate/contracts';
import {
  ask,
  DeadLetterServiceClient,
  ImportJobServiceClient,
  ParticipantServiceClient,
  UploadServiceClient,
  WebhookServiceClient,
} from '@advocate/contracts';
import { CommandError } from '../errors.ts';

/** The services of one server. */
export interface Api extends Disposable {
  readonly jobs: ImportJobServiceClient;
  readonly uploads: UploadServiceClient;
  readonly participants: ParticipantServiceClient;
  readonly webhooks: WebhookServiceClient;
  readonly deadLetters: DeadLetterServiceClient;
}

const connectMs = 5000;
const loopback = /^(localhost|127\.[\d.]+|\[::1\]):/;

/** Connects to a server, and throws a CommandError that says what to do when none answers within 5 seconds. */
export async function connect(address: string, signal: AbortSignal): Promise<Api> {
  const options = {
    // An account comes whole, with up to 1,000 participants.
    'grpc.max_receive_message_length': 64 * 1024 * 1024,
    'grpc.keepalive_time_ms': 20_000,
    // Proxies from the environment are for other computers.
    'grpc.enable_http_proxy': loopback.test(address) ? 0 : 1,
  };
  const jobs = new ImportJobServiceClient(address, credentials.createInsecure(), options);
  const shared = { channelOverride: jobs.getChannel() };
  const uploads = new UploadServiceClient(address, credentials.createInsecure(), shared);
  const participants = new ParticipantServiceClient(address, credentials.createInsecure(), shared);
  const webhooks = new WebhookServiceClient(address, credentials.createInsecure(), shared);
  const deadLetters = new DeadLetterServiceClient(address, credentials.createInsecure(), shared);
  try {
    await askHealth(jobs, signal);
  } catch (error) {
    jobs.close();
    const reason = isServiceError(error) ? connectProblem(error) : undefined;
    if (reason === undefined) throw error;
    const advice = "Start one with 'advocate serve', or use --data DIR to run without a server.";
    throw new CommandError(`No server answers at ${address} (${reason}). ${advice}`, { cause: error });
  }
  return { jobs, uploads, participants, webhooks, deadLetters, [Symbol.dispose]: () => jobs.close() };
}

/** Unlike waiting for the channel, a call fails at once, and with the reason, when nobody listens. Any gRPC answer will do. */
async function askHealth(client: ImportJobServiceClient, signal: AbortSignal): Promise<void> {
  const check: Unary<Buffer, Buffer> = (message, metadata, options, callback) =>
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', asItIs, asItIs, message, metadata, options, (error, answer) =>
      callback(error, answer ?? Buffer.alloc(0)),
    );
  await ask(check, Buffer.alloc(0), { signal, deadline: Date.now() + connectMs });
}

const asItIs = (bytes: Buffer): Buffer => bytes;

/** Why no gRPC server answered; undefined when one did, though not with what was hoped for. */
function connectProblem(error: ServiceError): string | undefined {
  if (error.code === status.DEADLINE_EXCEEDED) return `no answer within ${connectMs / 1000} seconds`;
  if (error.code === status.UNIMPLEMENTED) return undefined;
  if (error.details.includes('ECONNREFUSED')) return 'connection refused';
  if (/Name resolution failed|ENOTFOUND/.test(error.details)) return 'unknown host';
  // The last error may carry a time stamp in parentheses.
  return /Last error: (.*?)(?: \([^)]*Z\))?\. Resolution note/.exec(error.details)?.[1] ?? error.details;
}

export function isServiceError(error: unknown): error is ServiceError {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error && typeof error.details === 'string'
  );
}

export const isNotFound = (error: unknown): boolean => isServiceError(error) && error.code === status.NOT_FOUND;

/** The server is on its way down, or gone: calls may work again later. */
export const isServerGone = (error: unknown): boolean =>
  isServiceError(error) && (error.code === status.UNAVAILABLE || error.code === status.CANCELLED);
