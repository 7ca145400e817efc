const escaped = /[%/]/g;

export const escapedTenant = (tenant: string): string => tenant.replace(escaped, encodeURIComponent);

/** Ids of documents begin with the tenant, so that collections shard on it; no two pairs give the same id. */
export function tenantKey(tenant: string, id: string): string {
  return `${escapedTenant(tenant)}/${id}`;
}

/** What {@link tenantKey} was made of, without the tenant. */
export const idOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** A token that names the record that writes with it. */
export const tokenOf = (recordId: string, random: string): string => `${recordId}#${random}`;

/** The record that a token was written by. */
export const recordOf = (token: string): string => token.slice(0, token.lastIndexOf('#'));
