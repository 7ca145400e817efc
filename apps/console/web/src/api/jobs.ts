import type {
  CreateImportJobResponse,
  GetErrorDigestResponse,
  GetProgressHistoryResponse,
  ImportJob,
  ImportJob_Type,
  ListImportJobsResponse,
  PreviewImportResponse,
} from '@advocate/contracts';
import { toApiError } from './api-error.ts';
import { queryText, request, tenantPath } from './request.ts';

/** The files that a job has, by their names in the address. */
export type JobFile = 'results' | 'errors' | 'failedRows' | 'source';

/** Which jobs; what is absent does not restrict. Times in epoch milliseconds. */
export interface JobQuery {
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly createdFrom?: number | undefined;
  readonly createdBefore?: number | undefined;
  readonly pageSize?: number;
  readonly pageToken?: string | undefined;
}

/** What a person decides about a job. */
export type NewJob = Pick<ImportJob, 'type' | 'displayName' | 'fileRef' | 'mailtoEmail' | 'params'>;

const jobPath = (tenant: string, id: string, ...parts: readonly string[]): string => tenantPath(tenant, 'importJobs', id, ...parts);

export const listJobs = (tenant: string, query: JobQuery, signal: AbortSignal): Promise<ListImportJobsResponse> =>
  request('GET', tenantPath(tenant, 'importJobs') + queryText({ ...query }), { signal });

export const previewFile = (tenant: string, type: ImportJob_Type, fileRef: string, signal: AbortSignal): Promise<PreviewImportResponse> =>
  request('POST', tenantPath(tenant, 'importJobs', 'preview'), { body: { type, fileRef }, signal });

/** Starts the job. Asking again with the same request id answers the same job. */
export const createJob = (tenant: string, job: NewJob, requestId: string): Promise<CreateImportJobResponse> =>
  request('POST', tenantPath(tenant, 'importJobs'), { body: { importJob: { ...job, requester: 'Console' }, requestId } });

/** Reads every row and applies none. */
export const validateJob = (tenant: string, job: NewJob, signal: AbortSignal): Promise<CreateImportJobResponse> =>
  request('POST', tenantPath(tenant, 'importJobs'), { body: { importJob: { ...job, requester: 'Console' }, validateOnly: true }, signal });

export const getJob = (tenant: string, id: string, signal?: AbortSignal): Promise<ImportJob> =>
  request('GET', jobPath(tenant, id), { ...(signal && { signal }) });

export const cancelJob = (tenant: string, id: string): Promise<ImportJob> => request('POST', jobPath(tenant, id, 'cancel'));

export const resumeJob = (tenant: string, id: string): Promise<ImportJob> => request('POST', jobPath(tenant, id, 'resume'));

export const deleteJob = (tenant: string, id: string): Promise<unknown> => request('DELETE', jobPath(tenant, id));

export const getErrorDigest = (tenant: string, id: string, signal: AbortSignal): Promise<GetErrorDigestResponse> =>
  request('GET', jobPath(tenant, id, 'errorDigest'), { signal });

export const getProgressHistory = (tenant: string, id: string, signal: AbortSignal): Promise<GetProgressHistoryResponse> =>
  request('GET', jobPath(tenant, id, 'progressHistory'), { signal });

export const watchPath = (tenant: string, id: string): string => jobPath(tenant, id, 'watch');

export const filePath = (tenant: string, id: string, file: JobFile): string => jobPath(tenant, id, 'files', file);

/** Whether a job's file is there. */
export async function hasFile(tenant: string, id: string, file: JobFile, signal: AbortSignal): Promise<boolean> {
  try {
    await request('HEAD', filePath(tenant, id, file), { signal });
    return true;
  } catch (error) {
    if (toApiError(error).isNotFound) return false;
    throw error;
  }
}

/** An empty file with the header of a type. */
export const templatePath = (type: ImportJob_Type): string => `/api/templates/${type === 'USERS' ? 'users' : 'deletions'}.csv`;
