import type { CallOptions, ClientReadableStream, ClientUnaryCall, ServiceError } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';

/** A client's method that sends one message and is answered by one. */
export type Unary<Question, Answer> = (
  message: Question,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, answer: Answer) => void,
) => ClientUnaryCall;

export interface AskOptions extends Partial<CallOptions> {
  readonly signal?: AbortSignal;
}

/** Makes a unary call. Throws a ServiceError when it is refused; when the signal aborts, cancels the call and throws the signal's reason. */
export function ask<Question, Answer>(
  method: Unary<Question, Answer>,
  message: Question,
  { signal, ...options }: AskOptions = {},
): Promise<Answer> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const call = method(message, new Metadata(), options, (error, answer) => {
      signal?.removeEventListener('abort', cancel);
      if (error === null) resolve(answer);
      else reject(signal?.aborted ? (signal.reason as Error) : error);
    });
    const cancel = (): void => call.cancel();
    signal?.addEventListener('abort', cancel);
  });
}

/** Reads a stream of answers; leaving the loop cancels the call, and when the signal aborts, the loop throws its reason. */
export async function* read<Answer>(call: ClientReadableStream<Answer>, signal?: AbortSignal): AsyncGenerator<Answer, void, undefined> {
  const cancel = (): void => call.cancel();
  // The loop throws errors itself; one that comes after the loop was left concerns nobody.
  call.on('error', () => {});
  signal?.addEventListener('abort', cancel);
  try {
    signal?.throwIfAborted();
    for await (const answer of call) yield answer as Answer;
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}
