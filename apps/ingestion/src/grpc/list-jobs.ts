import type { ListImportJobsRequest, ListImportJobsResponse } from '@advocate/contracts';
import { describeJob, typeFromMessage } from '@advocate/messages';
import type { JobFilter, JobPlace, JobStore } from '@advocate/ports';
import { pageOf, readPageSize, readTenant, RequestError } from '@advocate/service';

const defaultPageSize = 20;

/** Serves ListImportJobs. Throws INVALID_ARGUMENT when the request makes no sense. */
export async function listJobs(jobs: JobStore, request: ListImportJobsRequest): Promise<ListImportJobsResponse> {
  const tenant = readTenant('parent', request.parent);
  const size = readPageSize(request.pageSize, defaultPageSize);
  const found = await jobs.list(tenant, size + 1, readFilter(request));
  const { items, nextPageToken } = pageOf(found, size, ({ plan, id }) => `${plan.acceptedAt}-${id}`);
  return { importJobs: await Promise.all(items.map((job) => describeJob(jobs, job))), nextPageToken };
}

function readFilter({ type, status, createdFrom, createdBefore, pageToken }: ListImportJobsRequest): JobFilter {
  return {
    ...(type === 'TYPE_UNSPECIFIED' ? {} : { type: typeFromMessage(type) }),
    ...(status === 'STATUS_UNSPECIFIED' ? {} : { status }),
    ...(createdFrom === 0 ? {} : { createdFrom }),
    ...(createdBefore === 0 ? {} : { createdBefore }),
    ...(pageToken === '' ? {} : { after: readPageToken(pageToken) }),
  };
}

/** A token names a place in the list, and so outlives the job that was there. */
function readPageToken(token: string): JobPlace {
  const [, acceptedAt, id] = /^(\d{1,15})-([0-9a-f]{24})$/.exec(token) ?? [];
  if (id === undefined) {
    throw new RequestError('INVALID_ARGUMENT', 'INVALID_PAGE_TOKEN', `'${token}' is no page token; start again without one.`);
  }
  return { acceptedAt: Number(acceptedAt), id };
}
