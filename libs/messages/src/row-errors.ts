import type { ChunkOutcomeMessage, RowErrorMessage } from '@advocate/contracts';
import type { RowError } from '@advocate/domain';

/** A failed row's error with the row's number. */
export interface NumberedError extends RowError {
  readonly recordNumber: number;
}

/** The error as clients see it. */
export function errorToMessage({ recordNumber, message, apiErrorCode, statusCode, column = '' }: NumberedError): RowErrorMessage {
  return { recordNumber, message, apiErrorCode, statusCode, column };
}

type Errors = Pick<ReturnType<typeof ChunkOutcomeMessage.decode>, 'errors' | 'errorCauses' | 'causes'>;

/** A chunk outcome's errors, in row order. */
export function* readErrors({ errors, errorCauses, causes }: Errors): Generator<NumberedError, undefined> {
  for (const [index, { recordNumber, message, apiErrorCode, statusCode, column }] of errors.entries()) {
    const cause = causes[errorCauses[index] ?? -1] ?? message;
    yield {
      ...{ recordNumber, message, apiErrorCode: apiErrorCode as RowError['apiErrorCode'], statusCode },
      ...(cause === message ? {} : { cause }),
      ...(column === '' ? {} : { column }),
    };
  }
}
