import { UsageError } from './errors.ts';

const jobPattern = /^(?:(?<parent>tenants\/[^/]+)\/importJobs\/)?(?<id>[0-9a-f]{24})$/i;

export const tenantName = (tenant: string): string => `tenants/${encodeURIComponent(tenant)}`;

export const accountName = (tenant: string, accountId: string): string => `${tenantName(tenant)}/accounts/${encodeURIComponent(accountId)}`;

export const participantName = (tenant: string, accountId: string, id: string): string =>
  `${accountName(tenant, accountId)}/participants/${encodeURIComponent(id)}`;

/** The resource name of a job given by its id or by that name; a tenant in the name wins. Throws a UsageError when it is neither. */
export function jobName(tenant: string, job: string): string {
  const parts = jobPattern.exec(job)?.groups;
  if (parts === undefined) {
    throw new UsageError(`'${job}' names no job: a job is given by its id of 24 hex digits, or as tenants/TENANT/importJobs/ID.`);
  }
  return `${parts.parent ?? tenantName(tenant)}/importJobs/${parts.id!.toLowerCase()}`;
}

export const deadLetterName = (id: string): string => `deadLetters/${encodeURIComponent(id)}`;
