/** Why the server refused a request, or that it could not be reached. The message is a sentence for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Such as `JOB_NOT_FOUND`; `SERVER_AWAY` when the services do not answer. */
  readonly reason: string;
  readonly violations: readonly Violation[];

  constructor(message: string, status: number, reason = '', violations: readonly Violation[] = []) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.violations = violations;
  }

  /** Whether it is worth waiting for the server instead of telling the user what is wrong with the request. */
  get isAway(): boolean {
    return this.reason === 'SERVER_AWAY';
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }
}

/** What is wrong with a field of the request. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** Nobody answered. */
export const serverAway = (): ApiError => new ApiError('The server does not answer.', 0, 'SERVER_AWAY');

const gatewayStatuses = [502, 503, 504];

/** Reads the body of a refused request; whatever it is, there is a sentence to show. */
export function readError(status: number, body: unknown): ApiError {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as ErrorBody;
  if (error?.message !== undefined) return new ApiError(error.message, status, error.reason || error.code, error.violations);
  if (gatewayStatuses.includes(status)) return serverAway();
  return new ApiError(`The server answered with HTTP status ${status}.`, status);
}

interface ErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly violations?: readonly Violation[];
  };
}

/** Any failure as one that can be shown. */
export const toApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(error instanceof Error ? error.message : String(error), 0);
