import type { Job, OutcomeCounts } from '@advocate/domain';
import { countRows } from '@advocate/domain';
import type { FileStore, JobEnding, JobStore, SliceProgress } from '@advocate/ports';
import { FileNotFoundError } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { recount } from './recount.ts';
import type { ResultsDrafts } from './results-drafts.ts';
import { writeFiles } from './write-files.ts';

export interface FinishDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly drafts: ResultsDrafts;
  /** How long a job's files are kept after its end. */
  readonly fileRetentionMs: number;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Ends a job that has nothing left to apply: recounts its file, writes its files and gives it its final status. Answers whether it was ended by this very
 * call. It is left as it is when it has ended already, and when it has something left: the message that asks for its end may be an old one, from before
 * it was resumed.
 */
export async function finishJob(dependencies: FinishDependencies, tenant: string, jobId: string): Promise<boolean> {
  const { jobs, files, drafts, fileRetentionMs, now, logger } = dependencies;
  const job = await jobs.get(tenant, jobId);
  if (job?.status !== 'PENDING') return false;
  const slices = await jobs.slices(jobId);
  if (!isDrained(job, slices)) return false;
  const { counts } = await jobs.progress(jobId);
  const { ignoredFields, errorCauses } = await writeFiles(
    jobs,
    files,
    job,
    slices.map(({ index }) => index),
    drafts.take(jobId),
  );
  const { status, abortReason } = await judge(files, job, counts);
  if (abortReason !== undefined) await jobs.advance(tenant, jobId, { abortReason });
  const dateCompleted = now();
  const ending = { status, dateCompleted, dateExpires: dateCompleted + fileRetentionMs, counts, ignoredFields, errorCauses };
  if (!(await jobs.finish(tenant, jobId, ending))) return false;
  logger.info({ jobId, status, ...counts }, 'Job ended');
  return true;
}

/** An aborted job may leave slices that cannot be dispatched again; what outcomes they have are in its files. */
function isDrained({ abortReason, cancelRequested, cut }: Job, slices: readonly SliceProgress[]): boolean {
  return abortReason !== undefined || ((cut !== undefined || cancelRequested) && slices.every((slice) => slice.finished));
}

/** A job is complete only when a recount of its file agrees with its outcomes. */
async function judge(
  files: FileStore,
  job: Job,
  counts: OutcomeCounts,
): Promise<Pick<JobEnding, 'status'> & { readonly abortReason?: string }> {
  if (job.abortReason !== undefined) return { status: 'ABORTED' };
  if (job.cancelRequested) return { status: 'CANCELLED' };
  const rows = countRows(counts);
  try {
    const { records, bytes } = await recount(files, job);
    if (records === rows && bytes === job.source.bytes) return { status: 'COMPLETED' };
    if (records === rows) {
      const reason = `The file has ${bytes} bytes, but ${job.source.bytes} when the job was accepted; it was changed behind the job's back.`;
      return { status: 'ABORTED', abortReason: `${reason} Upload it again and start a new job.` };
    }
    return {
      status: 'ABORTED',
      abortReason: `The file has ${records} rows, but ${rows} have an outcome. Its results are incomplete; please report this.`,
    };
  } catch (error) {
    if (!(error instanceof FileNotFoundError)) throw error;
    return {
      status: 'ABORTED',
      abortReason: `${error.message}: the uploaded file is gone, so its rows could not be recounted. Restore it and resume the job.`,
    };
  }
}
