import type { Job, OutcomeCounts } from '@advocate/domain';
import { countRows } from '@advocate/domain';
import type { JobEvents } from '@advocate/messages';
import type { FileStore, JobEnding, JobStore } from '@advocate/ports';
import { FileNotFoundError } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { recount } from './recount.ts';
import type { ResultsDrafts } from './results-drafts.ts';
import { writeFiles } from './write-files.ts';

export interface FinishDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly events: JobEvents;
  readonly drafts: ResultsDrafts;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Ends a job whose slices are all applied: recounts its file, writes its files and gives it its final status. A job that has one already stays as it
 * is, so doing it again after a crash is harmless. Answers the job as it is then.
 */
export async function finishJob(dependencies: FinishDependencies, tenant: string, jobId: string): Promise<Job | undefined> {
  const { jobs, files, events, drafts, now, logger } = dependencies;
  const job = await jobs.get(tenant, jobId);
  if (job?.status !== 'PENDING') return job;
  const { counts } = await jobs.progress(jobId);
  const { ignoredFields } = await writeFiles(jobs, files, job, drafts.take(jobId));
  const verdict = await judge(files, job, counts);
  const ignored = ignoredFields.map((name) => `The field '${name}' is not known and was ignored.`);
  const ending: JobEnding = { status: verdict.status, dateCompleted: now(), counts, warnings: [...job.warnings, ...ignored] };
  if (verdict.abortReason !== undefined) await jobs.advance(tenant, jobId, { abortReason: verdict.abortReason });
  await jobs.finish(tenant, jobId, ending);
  const ended = await jobs.get(tenant, jobId);
  if (ended === undefined || ended.status === 'PENDING') return ended;
  await events.publish(ended, ended.status, counts, ended.source.bytes);
  logger.info({ jobId, status: ended.status, ...counts }, 'Job ended');
  return ended;
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
    return { status: 'ABORTED', abortReason: `${error.message}: the uploaded file is gone, so its rows could not be recounted.` };
  }
}
