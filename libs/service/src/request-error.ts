import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type { Any } from '@advocate/contracts';
import { BadRequest, ErrorInfo, StatusMessage } from '@advocate/contracts';

/** Statuses that a handler answers knowingly. */
export type RequestErrorCode =
  'INVALID_ARGUMENT' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'FAILED_PRECONDITION' | 'OUT_OF_RANGE' | 'PERMISSION_DENIED' | 'CANCELLED';

/** One bad field of a request. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
  /** UPPER_SNAKE_CASE. */
  readonly reason: string;
}

/** A request that cannot be served, with a message that says where and what to do. Clients get it as it is. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  /** UPPER_SNAKE_CASE. */
  readonly reason: string;
  readonly violations: readonly FieldViolation[];

  constructor(code: RequestErrorCode, reason: string, message: string, violations: readonly FieldViolation[] = []) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.violations = violations;
  }
}

/** The domain of `google.rpc.ErrorInfo`. */
const errorDomain = 'bulk.advocate';

/** The gRPC form of a request error, with `google.rpc.Status` details. */
export function toServiceError(error: RequestError): Partial<ServiceError> {
  const code = status[error.code];
  const details = [
    anyOf('google.rpc.ErrorInfo', ErrorInfo.encode({ reason: error.reason, domain: errorDomain, metadata: {} }).finish()),
    ...(error.violations.length === 0
      ? []
      : [
          anyOf(
            'google.rpc.BadRequest',
            BadRequest.encode({ fieldViolations: error.violations.map((violation) => ({ ...violation })) }).finish(),
          ),
        ]),
  ];
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(StatusMessage.encode({ code, message: error.message, details }).finish()));
  return { code, details: error.message, metadata };
}

function anyOf(type: string, value: Uint8Array): Any {
  return { typeUrl: `type.googleapis.com/${type}`, value: value as Buffer };
}
