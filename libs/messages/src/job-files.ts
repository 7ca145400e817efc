import type { Job } from '@advocate/domain';

/** Where a job's file is stored, and the name it is saved under. */
export interface JobFile {
  readonly stored: string;
  readonly filename: string;
}

/** The files that a finished job has, in the format of its upload. */
export function jobFiles(job: Job): { readonly results: JobFile; readonly errors: JobFile } {
  const file = (kind: string): JobFile => {
    const filename = `${job.id}.${kind}.${job.plan.format}`;
    return { stored: `results/${job.tenant}/${filename}`, filename };
  };
  return { results: file('results'), errors: file('errors') };
}
