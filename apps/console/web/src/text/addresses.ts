/** The addresses of the pages. Ids stand in the query, since they may hold any character. */
const page = (tenant: string, rest: string): string => `/t/${encodeURIComponent(tenant)}/${rest}`;

const query = (values: Readonly<Record<string, string>>): string => {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
};

export const importAddress = (tenant: string): string => page(tenant, 'import');

export const jobsAddress = (tenant: string, filter: Readonly<Record<string, string>> = {}): string => page(tenant, 'jobs') + query(filter);

export const jobAddress = (tenant: string, id: string): string => page(tenant, `jobs/${encodeURIComponent(id)}`);

export const participantsAddress = (tenant: string, by = '', value = ''): string => page(tenant, 'participants') + query({ by, q: value });

/** The account, with one of its participants selected. */
export const accountAddress = (tenant: string, account: string, participant = ''): string =>
  page(tenant, 'participants/account') + query({ id: account, user: participant });

/** A path without its escapes; undefined where they are broken, since a browser shows the page for any path. */
export function unescapePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The tenant in `/t/{tenant}/…`; undefined where a path names none that can be read. */
export const readTenant = (path: string): string | undefined => unescapePath(/^\/t\/([^/]+)/.exec(path)?.[1] ?? '') || undefined;

/** The account and id in `tenants/{tenant}/accounts/{account}/participants/{id}`; undefined for the empty name of somebody who was deleted. */
export function readParticipantName(name: string): { account: string; id: string } | undefined {
  const [, account, id] = /^tenants\/[^/]+\/accounts\/([^/]+)\/participants\/([^/]+)$/.exec(name) ?? [];
  return account === undefined || id === undefined ? undefined : { account: decodeURIComponent(account), id: decodeURIComponent(id) };
}
