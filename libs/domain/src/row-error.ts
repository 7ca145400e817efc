/** Why a row failed, in the product's wording; one line of the errors file. */
export interface RowError {
  readonly message: string;
  readonly apiErrorCode: ApiErrorCode;
  readonly statusCode: number;
}

export type ApiErrorCode = 'BAD_REQUEST' | 'NOT_FOUND' | 'FORBIDDEN' | 'CONFLICT' | 'INTERNAL_SERVER_ERROR';

const statusOf: Record<ApiErrorCode, number> = {
  BAD_REQUEST: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  INTERNAL_SERVER_ERROR: 500,
};

/** An error with the HTTP status that belongs to its code. */
export function rowError(apiErrorCode: ApiErrorCode, message: string): RowError {
  return { message, apiErrorCode, statusCode: statusOf[apiErrorCode] };
}

export const badRequest = (message: string): RowError => rowError('BAD_REQUEST', message);

/** A parsed row, or the first error that it has. */
export type Parsed<Row> = { readonly row: Row; readonly error?: undefined } | { readonly error: RowError; readonly row?: undefined };
