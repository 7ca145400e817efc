import type { ImportJob } from '@advocate/contracts';
import type { JobFile } from '../api/jobs.ts';
import { isExpired, isPending } from './job-words.ts';

/** A file that can be downloaded. */
export interface JobFileLink {
  readonly file: JobFile;
  readonly label: string;
  readonly description: string;
}

/** The files that a job has at a time: none while it runs, and none once they have expired. Failed rows are cut out of the original. */
export function jobFiles(job: ImportJob, now: number, hasOriginal: boolean): readonly JobFileLink[] {
  if (isPending(job) || isExpired(job, now)) return [];
  const { recordsProcessed = 0, errors = 0 } = job.stats ?? {};
  const files: JobFileLink[] = [];
  if (recordsProcessed > errors)
    files.push({ file: 'results', label: 'Results', description: 'Rows that succeeded, in the order of the file' });
  if (errors > 0) files.push({ file: 'errors', label: 'Errors', description: 'Rows that failed, with record number and reason' });
  if (errors > 0 && hasOriginal)
    files.push({ file: 'failedRows', label: 'Failed rows', description: 'As they are in the original, to correct and import again' });
  if (hasOriginal) files.push({ file: 'source', label: 'Original', description: 'The file as it was uploaded' });
  return files;
}
