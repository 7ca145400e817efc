import type { Job } from '@advocate/domain';
import type { FileStore, JobStore } from '@advocate/ports';

export type JobFileKind = 'results' | 'errors' | 'failedRows' | 'source';

/** Where a job's file is stored, or what it is cut from, and the name it is saved under. */
export interface JobFile {
  readonly stored: string;
  readonly filename: string;
}

/** The files that a finished job may have: its results and errors in the format of its upload, the failed rows of the upload, and the upload itself. */
export function jobFiles(job: Job): Readonly<Record<JobFileKind, JobFile>> {
  const file = (kind: string): JobFile => {
    const filename = `${job.id}.${kind}.${job.plan.format}`;
    return { stored: `results/${job.tenant}/${filename}`, filename };
  };
  const failedRows = { stored: job.source.name, filename: `${job.id}.failed-rows.${job.plan.format}` };
  const source = { stored: job.fileRef, filename: job.fileRef.split('/').at(-1) ?? job.id };
  return { results: file('results'), errors: file('errors'), failedRows, source };
}

/** Whether a job's files have had their time, or are gone already. */
export const haveFilesExpired = ({ dateExpires = Infinity, filesRemoved }: Job, now: number): boolean =>
  filesRemoved === true || dateExpires <= now;

/** Removes a job's files, and its copy of the upload in UTF-8 if it has one; the upload stays while another job uses it. */
export async function removeJobFiles(jobs: JobStore, files: FileStore, job: Job): Promise<void> {
  const { results, errors, source } = jobFiles(job);
  for (const name of new Set([results.stored, errors.stored, job.source.name, source.stored])) {
    if (!(await jobs.usesFile(name, job.id))) await files.remove(name);
  }
}
