import { BadRequest, ErrorInfo, StatusMessage } from '@advocate/contracts';
import type { ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';

/** One bad field of a request. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** The body of every answer that is no success. */
export interface ErrorBody {
  readonly error: {
    /** The name of a gRPC status. */
    readonly code: string;
    /** UPPER_SNAKE_CASE, finer than the code. */
    readonly reason: string;
    /** For people: what is wrong, and what to do. */
    readonly message: string;
    readonly violations: readonly Violation[];
  };
}

type Code = keyof typeof httpStatus;

/** The HTTP status of each gRPC status that the gateway passes on or answers itself. */
const httpStatus = {
  INVALID_ARGUMENT: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  FAILED_PRECONDITION: 409,
  ABORTED: 409,
  OUT_OF_RANGE: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

/** A request that is answered with an error instead of what it asked for. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly body: ErrorBody;

  constructor(code: Code, reason: string, message: string, options: { readonly status?: number; readonly violations?: Violation[] } = {}) {
    super(message);
    this.status = options.status ?? httpStatus[code];
    this.body = { error: { code, reason, message, violations: options.violations ?? [] } };
  }
}

/**
 * What the client is told of an error. The services' own refusals pass with their message, reason and fields; of anything else it learns what to do
 * about it, and no more.
 */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (!isServiceError(error)) return failed;
  const code = status[error.code] ?? '';
  if (code === 'UNAVAILABLE' || code === 'CANCELLED') return away;
  if (code === 'DEADLINE_EXCEEDED') return late;
  const refusal = refusalOf(error);
  if (refusal === undefined || !(code in httpStatus)) return code === 'UNIMPLEMENTED' ? unknownToServer : failed;
  return new HttpError(code as Code, refusal.reason, error.details, { violations: refusal.violations });
}

const away = new HttpError(
  'UNAVAILABLE',
  'SERVER_AWAY',
  'The import services do not answer. Jobs that run go on by themselves; this page does as soon as the services are back.',
);
const late = new HttpError('DEADLINE_EXCEEDED', 'SERVER_SLOW', 'The import services took too long to answer. Try again.');
const failed = new HttpError(
  'INTERNAL',
  'INTERNAL',
  'The request could not be served; the log of the console or of its services says why. Try again.',
);
const unknownToServer = new HttpError(
  'UNIMPLEMENTED',
  'UNIMPLEMENTED',
  'The import services are of a release that cannot do this. Upgrade them.',
);

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && 'details' in error && 'code' in error && typeof error.code === 'number';
}

/** The reason and the bad fields in a `google.rpc.Status`; undefined when the services did not refuse knowingly. */
function refusalOf(error: ServiceError): { readonly reason: string; readonly violations: Violation[] } | undefined {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    const { details } = StatusMessage.decode(bytes);
    const valuesOf = (type: string): Buffer[] =>
      details.filter(({ typeUrl }) => typeUrl.endsWith(`/google.rpc.${type}`)).map(({ value }) => value);
    const [reason] = valuesOf('ErrorInfo').map((value) => ErrorInfo.decode(value).reason);
    if (reason === undefined) return undefined;
    const fields = valuesOf('BadRequest').flatMap((value) => BadRequest.decode(value).fieldViolations);
    return { reason, violations: fields.map(({ field, description }) => ({ field, description })) };
  } catch {
    return undefined;
  }
}
