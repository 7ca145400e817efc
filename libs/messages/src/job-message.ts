import type { ImportJob, ImportStats } from '@advocate/contracts';
import type { Job, OutcomeCounts } from '@advocate/domain';
import { countRows } from '@advocate/domain';
import type { JobStore } from '@advocate/ports';
import { formatToMessage, paramsToMessage, typeToMessage } from './plan.ts';

/** `tenants/{tenant}/importJobs/{id}` */
export const jobName = (tenant: string, jobId: string): string => `tenants/${encodeURIComponent(tenant)}/importJobs/${jobId}`;

/** A job as clients see it, with how far it is now. */
export async function describeJob(jobs: JobStore, job: Job): Promise<ImportJob> {
  const { counts, bytes } = await jobs.progress(job.id);
  return jobToMessage(job, job.counts ?? counts, job.status === 'COMPLETED' ? job.source.bytes : bytes);
}

function jobToMessage(job: Job, counts: OutcomeCounts, bytesProcessed: number): ImportJob {
  const { plan } = job;
  return {
    name: jobName(job.tenant, job.id),
    id: job.id,
    type: typeToMessage(plan.type),
    displayName: job.displayName,
    requester: job.requester,
    fileRef: job.fileRef,
    format: formatToMessage(plan.format),
    mailtoEmail: job.mailtoEmail,
    params: paramsToMessage(plan.params),
    status: job.status,
    dateCreated: plan.acceptedAt,
    dateStarted: job.dateStarted ?? 0,
    dateCompleted: job.dateCompleted ?? 0,
    dateExpires: job.dateExpires ?? 0,
    stats: statsToMessage(job, counts, bytesProcessed),
    warnings: jobWarnings(job),
    abortReason: job.abortReason ?? '',
  };
}

/** More rows than this are taken, with advice. */
const advisedRecords = 500_000;

/** What a person should know of a job though it stops nothing. */
export function jobWarnings({ warnings, cut, ignoredFields = [] }: Job): string[] {
  const ignored = ignoredFields.map((name) => `The field '${name}' is not known and was ignored.`);
  return [...warnings, ...sizeAdvice(cut?.records ?? 0), ...ignored];
}

/** What is advised of a file with so many rows, if anything. */
export function sizeAdvice(records: number): string[] {
  if (records <= advisedRecords) return [];
  return [`The file has ${records.toLocaleString('en-US')} rows; files of at most ${advisedRecords.toLocaleString('en-US')} are advised.`];
}

function statsToMessage(job: Job, counts: OutcomeCounts, bytesProcessed: number): ImportStats {
  return {
    recordsTotal: job.cut?.records ?? 0,
    recordsProcessed: countRows(counts),
    errors: counts.failed,
    created: counts.created,
    updated: counts.updated,
    unchanged: counts.unchanged,
    deleted: counts.deleted,
    bytesTotal: job.source.bytes,
    bytesProcessed,
  };
}
