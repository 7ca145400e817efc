import type { ImportJob, ImportStats } from '@advocate/contracts';
import type { Job, OutcomeCounts } from '@advocate/domain';
import { countRows } from '@advocate/domain';
import { formatToMessage, paramsToMessage, typeToMessage } from './plan.ts';

/** How long the files of a finished job are kept. */
export const fileRetentionMs = 30 * 24 * 3600 * 1000;

/** `tenants/{tenant}/importJobs/{id}` */
export const jobName = (tenant: string, jobId: string): string => `tenants/${encodeURIComponent(tenant)}/importJobs/${jobId}`;

/** A job as clients see it. */
export function jobToMessage(job: Job, counts: OutcomeCounts, bytesProcessed: number): ImportJob {
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
    dateExpires: job.dateCompleted === undefined ? 0 : job.dateCompleted + fileRetentionMs,
    stats: statsToMessage(job, counts, bytesProcessed),
    warnings: [...job.warnings],
    abortReason: job.abortReason ?? '',
  };
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
