import type { DownloadFileRequest_Kind, DownloadFileResponse } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { countRows, noOutcomes } from '@advocate/domain';
import type { JobFileKind } from '@advocate/messages';
import { haveFilesExpired, jobFiles } from '@advocate/messages';
import { RequestError } from '@advocate/service';
import type { FailedRowsDependencies } from '../application/failed-rows.ts';
import { readFailedRows } from '../application/failed-rows.ts';

export interface DownloadDependencies extends FailedRowsDependencies {
  readonly now: () => number;
}

/** Streams a file of a job. Throws, as the contract says, with the reason when there is no such file, not yet, or no more. */
export async function* downloadFile(dependencies: DownloadDependencies, job: Job, kind: JobFileKind): AsyncGenerator<DownloadFileResponse> {
  const { files, now } = dependencies;
  const { stored, filename } = jobFiles(job)[kind];
  if (haveFilesExpired(job, now())) throw expired(job);
  if (kind === 'failedRows') requireFailedRows(job);
  // A crash may have left a file that is to be written anew.
  const isEarly = job.status === 'PENDING' && kind !== 'source';
  const found = isEarly ? undefined : await files.stat(stored);
  if (found === undefined) throw new RequestError('NOT_FOUND', 'FILE_NOT_FOUND', reasonFor(job, kind));
  if (kind === 'failedRows' && found.bytes !== job.source.bytes) throw changed(job, found.bytes);
  yield { filename, data: Buffer.alloc(0) };
  for await (const block of kind === 'failedRows' ? readFailedRows(dependencies, job) : files.read(stored)) {
    yield { filename: '', data: Buffer.from(block) };
  }
}

/** Throws INVALID_ARGUMENT when the request does not say which file. */
export function readFileKind(kind: DownloadFileRequest_Kind): JobFileKind {
  switch (kind) {
    case 'RESULTS':
      return 'results';
    case 'ERRORS':
      return 'errors';
    case 'SOURCE':
      return 'source';
    case 'FAILED_ROWS':
      return 'failedRows';
    default:
      throw new RequestError('INVALID_ARGUMENT', 'KIND_MISSING', 'Say which file: RESULTS, ERRORS, FAILED_ROWS or SOURCE.');
  }
}

/** Which rows failed is known when the job has ended. */
function requireFailedRows({ id, status, counts = noOutcomes }: Job): void {
  if (status === 'PENDING') {
    throw new RequestError('FAILED_PRECONDITION', 'JOB_PENDING', `Job ${id} is PENDING; its failed rows can be had when it has ended.`);
  }
  if (counts.failed === 0) throw new RequestError('NOT_FOUND', 'FILE_NOT_FOUND', `Job ${id} has no failed rows: no row failed.`);
}

function changed({ id, source }: Job, bytes: number): RequestError {
  const message = `The file of job ${id} has ${bytes} bytes, but ${source.bytes} when the job was accepted: its failed rows cannot be told any more.`;
  return new RequestError('NOT_FOUND', 'FILE_NOT_FOUND', message);
}

function expired({ id, dateExpires = 0 }: Job): RequestError {
  const date = new Date(dateExpires).toISOString().replace(/\..*/, 'Z');
  const message = `The files of job ${id} expired on ${date}; its counts are kept. Import the file again to have them again.`;
  return new RequestError('NOT_FOUND', 'FILE_EXPIRED', message);
}

function reasonFor(job: Job, kind: JobFileKind): string {
  if (job.status === 'PENDING' && kind !== 'source') return `Job ${job.id} is not finished; its files are written at the end.`;
  if (kind === 'errors' && job.counts?.failed === 0) return `Job ${job.id} has no errors file: no row failed.`;
  if (kind === 'results' && job.counts?.failed === countRows(job.counts ?? noOutcomes)) {
    return `Job ${job.id} has no results file: no row succeeded.`;
  }
  return `Job ${job.id} has no such file any more.`;
}
