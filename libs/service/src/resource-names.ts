import { RequestError } from './request-error.ts';

/**
 * Reads a resource name such as `tenants/{tenant}/accounts/{account}` by its pattern; each part is `%`-unescaped. Throws
 * INVALID_ARGUMENT with the pattern when the name does not fit.
 */
export function readResourceName(field: string, name: string, ...collections: readonly string[]): string[] {
  const parts = name.split('/');
  const ids = parts.filter((_, index) => index % 2 === 1);
  const fits = parts.length === collections.length * 2 && collections.every((collection, index) => parts[index * 2] === collection);
  if (fits && ids.every((id) => id !== '')) {
    try {
      return ids.map((id) => decodeURIComponent(id));
    } catch {
      // falls through to the same answer
    }
  }
  const pattern = collections.map((collection) => `${collection}/{${collection.replace(/s$/, '')}}`).join('/');
  const message = `${field} is '${name}', but must look like '${pattern}', each part %-escaped.`;
  throw new RequestError('INVALID_ARGUMENT', 'INVALID_NAME', message, [{ field, description: message, reason: 'INVALID_NAME' }]);
}

/** Builds a resource name from its collections and ids. */
export function resourceName(...parts: readonly string[]): string {
  return parts.map((part, index) => (index % 2 === 1 ? encodeURIComponent(part) : part)).join('/');
}

const tenantPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** The tenant in a parent name `tenants/{tenant}`. */
export function readTenant(field: string, parent: string): string {
  const [tenant = ''] = readResourceName(field, parent, 'tenants');
  return checkTenant(tenant);
}

/** Tenants are 1 to 64 letters, digits, `_` or `-`, since they become parts of file names. */
export function checkTenant(tenant: string): string {
  if (tenantPattern.test(tenant)) return tenant;
  throw new RequestError('INVALID_ARGUMENT', 'INVALID_TENANT', `'${tenant}' is no tenant: it takes 1 to 64 letters, digits, '_' or '-'.`);
}
