import type { Wording } from './wording.ts';

/** Why a row failed, in the product's wording; one line of the errors file. */
export interface RowError {
  readonly message: string;
  readonly apiErrorCode: ApiErrorCode;
  readonly statusCode: number;
  /** The message with "…" in place of the row's own values; absent when it has none of them. */
  readonly cause?: string;
  /**
   * The field that is wrong, such as `email`, `customFields.plan` or `shareLinks.spring`, or the name of a column that gives none; absent when the error is of
   * the row as a whole.
   */
  readonly column?: string;
}

export type ApiErrorCode = 'BAD_REQUEST' | 'NOT_FOUND' | 'FORBIDDEN' | 'CONFLICT' | 'INTERNAL_SERVER_ERROR';

const statusOf: Record<ApiErrorCode, number> = {
  BAD_REQUEST: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  INTERNAL_SERVER_ERROR: 500,
};

/** An error with the HTTP status that belongs to its code. A plain text is the same for every row. */
export function rowError(apiErrorCode: ApiErrorCode, told: string | Wording, column?: string): RowError {
  const { message, cause } = typeof told === 'string' ? { message: told, cause: told } : told;
  return {
    ...{ message, apiErrorCode, statusCode: statusOf[apiErrorCode] },
    ...(cause === message ? {} : { cause }),
    ...(column === undefined ? {} : { column }),
  };
}

export const badRequest = (told: string | Wording, column?: string): RowError => rowError('BAD_REQUEST', told, column);

/** What rows with the same thing wrong have in common. */
export const causeOf = ({ message, cause = message }: Pick<RowError, 'message' | 'cause'>): string => cause;

/** A parsed row, or the first error that it has. */
export type Parsed<Row> = { readonly row: Row; readonly error?: undefined } | { readonly error: RowError; readonly row?: undefined };
