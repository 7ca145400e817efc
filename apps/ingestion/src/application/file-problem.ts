import { RequestError } from '@advocate/service';

/** The product's names for what may be wrong with a file. */
export type FileProblem = 'FILE_REF_IO' | 'CSV_PARSING' | 'MISSING_HEADERS';

/** The refusal of a file, with all that is wrong with it. */
export function fileError(problem: FileProblem, messages: readonly string[]): RequestError {
  const field = 'import_job.file_ref';
  const violations = messages.map((description) => ({ field, description, reason: problem }));
  return new RequestError('INVALID_ARGUMENT', problem, messages.join(' '), violations);
}
