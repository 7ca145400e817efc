import { status } from '@grpc/grpc-js';
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  sendUnaryData,
  ServerReadableStream,
  ServerWritableStream,
  ServiceError,
} from '@grpc/grpc-js';
import { once } from 'node:events';
import type { Logger } from './logger.ts';
import { RequestError, toServiceError } from './request-error.ts';

/** Turns promise-based handlers into grpc-js ones. Known errors speak; of an unknown one the client learns only that it was logged. */
export class GrpcHandlers {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  unary<Request, Response>(handle: (request: Request) => Promise<Response>): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      handle(call.request).then(
        (response) => callback(null, response),
        (error: unknown) => callback(this.#serviceError(error, call.getPath())),
      );
    };
  }

  /** Streams what the handler yields, at the pace of the client; the signal aborts when the client goes away. */
  serverStream<Request, Response>(
    handle: (request: Request, signal: AbortSignal) => AsyncIterable<Response>,
  ): handleServerStreamingCall<Request, Response> {
    return (call) => {
      void this.#pump(call, handle);
    };
  }

  async #pump<Request, Response>(
    call: ServerWritableStream<Request, Response>,
    handle: (request: Request, signal: AbortSignal) => AsyncIterable<Response>,
  ): Promise<void> {
    const gone = new AbortController();
    call.once('cancelled', () => gone.abort());
    try {
      for await (const response of handle(call.request, gone.signal)) {
        if (gone.signal.aborted) return;
        if (!call.write(response)) await once(call, 'drain', { signal: gone.signal });
      }
      call.end();
    } catch (error) {
      if (!gone.signal.aborted) call.emit('error', this.#serviceError(error, call.getPath()));
    }
  }

  /**
   * Reads the client's stream; breaking off in the middle throws in the handler's loop. A break right after a message may look like the end of the
   * stream for a moment: the signal aborts then, so what must not outlive a break looks at it last of all.
   */
  clientStream<Request, Response>(
    handle: (requests: AsyncIterable<Request>, signal: AbortSignal) => Promise<Response>,
  ): (call: ServerReadableStream<Request, Response>, callback: sendUnaryData<Response>) => void {
    return (call, callback) => {
      const gone = new AbortController();
      call.once('cancelled', () => {
        const reason = new RequestError('CANCELLED', 'UPLOAD_BROKEN_OFF', 'The client broke the upload off.');
        gone.abort(reason);
        call.destroy(reason);
      });
      handle(call, gone.signal).then(
        (response) => callback(null, response),
        (error: unknown) => callback(this.#serviceError(error, call.getPath())),
      );
    };
  }

  #serviceError(error: unknown, path: string): Partial<ServiceError> {
    if (error instanceof RequestError) {
      this.#logger.debug({ path, reason: error.reason }, 'Request refused');
      return toServiceError(error);
    }
    this.#logger.error({ path, err: error }, 'Request failed');
    return { code: status.INTERNAL, details: 'The server failed to serve the request; its log says why. Trying again may help.' };
  }
}
