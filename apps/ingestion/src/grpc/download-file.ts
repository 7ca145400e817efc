import type { DownloadFileRequest_Kind, DownloadFileResponse } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { countRows, noOutcomes } from '@advocate/domain';
import type { JobFileKind } from '@advocate/messages';
import { haveFilesExpired, jobFiles } from '@advocate/messages';
import type { FileStore } from '@advocate/ports';
import { RequestError } from '@advocate/service';

export interface DownloadDependencies {
  readonly files: FileStore;
  readonly now: () => number;
}

/** Streams a file of a job. Throws NOT_FOUND with the reason when there is no such file, or no more. */
export async function* downloadFile(
  { files, now }: DownloadDependencies,
  job: Job,
  kind: JobFileKind,
): AsyncGenerator<DownloadFileResponse> {
  const { stored, filename } = jobFiles(job)[kind];
  if (haveFilesExpired(job, now())) throw expired(job);
  // A crash may have left a file that is to be written anew.
  const isEarly = job.status === 'PENDING' && kind !== 'source';
  if (isEarly || (await files.stat(stored)) === undefined) throw new RequestError('NOT_FOUND', 'FILE_NOT_FOUND', reasonFor(job, kind));
  yield { filename, data: Buffer.alloc(0) };
  for await (const block of files.read(stored)) {
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
    default:
      throw new RequestError('INVALID_ARGUMENT', 'KIND_MISSING', 'Say which file: RESULTS, ERRORS or SOURCE.');
  }
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
