import { UsageError } from './errors.ts';

export const tenantName = (tenant: string): string => `tenants/${encodeURIComponent(tenant)}`;

export const accountName = (tenant: string, accountId: string): string => `${tenantName(tenant)}/accounts/${encodeURIComponent(accountId)}`;

export const participantName = (tenant: string, accountId: string, id: string): string =>
  `${accountName(tenant, accountId)}/participants/${encodeURIComponent(id)}`;

/** The resource name of a job given by its id or by that name; a tenant in the name wins. Throws a UsageError when it is neither. */
export const jobName = (tenant: string, job: string): string => nameInTenant(tenant, 'job', 'importJobs', job);

/** The same for a webhook. */
export const webhookName = (tenant: string, webhook: string): string => nameInTenant(tenant, 'webhook', 'webhooks', webhook);

function nameInTenant(tenant: string, kind: string, collection: string, text: string): string {
  const [, parent, id] = new RegExp(`^(?:(tenants/[^/]+)/${collection}/)?([0-9a-f]{24})$`, 'i').exec(text) ?? [];
  if (id === undefined) {
    throw new UsageError(
      `'${text}' names no ${kind}: a ${kind} is given by its id of 24 hex digits, or as tenants/TENANT/${collection}/ID.`,
    );
  }
  return `${parent ?? tenantName(tenant)}/${collection}/${id.toLowerCase()}`;
}

export const deadLetterName = (id: string): string => `deadLetters/${encodeURIComponent(id)}`;
