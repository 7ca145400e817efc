import type { DownloadFileRequest_Kind, DownloadFileResponse } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { countRows, noOutcomes } from '@advocate/domain';
import { jobFiles } from '@advocate/messages';
import type { FileStore } from '@advocate/ports';
import { RequestError } from '@advocate/service';

/** Streams a file of a job. Throws NOT_FOUND with the reason when there is no such file. */
export async function* downloadFile(files: FileStore, job: Job, kind: DownloadFileRequest_Kind): AsyncGenerator<DownloadFileResponse> {
  const { stored, filename } = place(job, kind);
  // A crash may have left a file that is to be written anew.
  const isEarly = job.status === 'PENDING' && kind !== 'SOURCE';
  if (isEarly || (await files.stat(stored)) === undefined) throw new RequestError('NOT_FOUND', 'FILE_NOT_FOUND', reasonFor(job, kind));
  yield { filename, data: Buffer.alloc(0) };
  for await (const block of files.read(stored)) {
    yield { filename: '', data: Buffer.from(block) };
  }
}

function place(job: Job, kind: DownloadFileRequest_Kind): { readonly stored: string; readonly filename: string } {
  if (kind === 'SOURCE') return { stored: job.fileRef, filename: job.fileRef.split('/').at(-1) ?? job.id };
  if (kind === 'KIND_UNSPECIFIED') throw new RequestError('INVALID_ARGUMENT', 'KIND_MISSING', 'Say which file: RESULTS, ERRORS or SOURCE.');
  return jobFiles(job)[kind === 'RESULTS' ? 'results' : 'errors'];
}

function reasonFor(job: Job, kind: DownloadFileRequest_Kind): string {
  if (job.status === 'PENDING' && kind !== 'SOURCE') return `Job ${job.id} is not finished; its files are written at the end.`;
  if (kind === 'ERRORS' && job.counts?.failed === 0) return `Job ${job.id} has no errors file: no row failed.`;
  if (kind === 'RESULTS' && job.counts?.failed === countRows(job.counts ?? noOutcomes)) {
    return `Job ${job.id} has no results file: no row succeeded.`;
  }
  return `Job ${job.id} has no such file, or it has expired.`;
}
