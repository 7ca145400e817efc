import type { GetErrorDigestResponse } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { errorToMessage } from '@advocate/messages';
import { RequestError } from '@advocate/service';
import type { DigestDependencies } from '../application/error-digest.ts';
import { digestErrors } from '../application/error-digest.ts';

const defaultExamples = 3;
const maxExamples = 10;

/** Serves GetErrorDigest. Throws INVALID_ARGUMENT when the number of examples is negative. */
export async function getErrorDigest(
  dependencies: DigestDependencies,
  job: Job,
  examplesPerCause: number,
): Promise<GetErrorDigestResponse> {
  if (examplesPerCause < 0) {
    throw new RequestError('INVALID_ARGUMENT', 'INVALID_EXAMPLES', 'examples_per_cause must not be negative.');
  }
  const { causes, errors } = await digestErrors(dependencies, job, Math.min(examplesPerCause || defaultExamples, maxExamples));
  return {
    causes: causes.map(({ message, apiErrorCode, count, examples }) => ({
      ...{ message, apiErrorCode, count },
      examples: examples.map(({ error, line, value }) => ({ error: errorToMessage(error), line, column: error.column ?? '', value })),
    })),
    errors,
  };
}
