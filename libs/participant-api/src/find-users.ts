import { setImmediate } from 'node:timers/promises';
import type { User, UserSearch } from '@advocate/domain';
import { isFound } from '@advocate/domain';
import type { ParticipantStore } from '@advocate/ports';
import { RequestError } from '@advocate/service';

interface FoundUser {
  readonly accountId: string;
  readonly user: User;
}

interface FindUsersRequest {
  readonly tenant: string;
  readonly search: UserSearch;
  /** At least 1. */
  readonly limit: number;
  /** Empty on the first call. */
  readonly pageToken: string;
  /** After how long it answers with what it has found so far. */
  readonly searchMs: number;
}

/** How long a portion of the accounts may keep the store, and with it the thread: others come in between. */
const portionMs = 10;
const firstPortion = 200;

/**
 * Goes through a tenant's accounts for the users whom a search is for. An answer may be short, or empty, while there is a token to go on with. A search by id
 * answers at once with the user in the account of that id, as most are.
 */
export async function findUsers(
  store: ParticipantStore,
  { tenant, search, limit, pageToken, searchMs }: FindUsersRequest,
): Promise<{ readonly found: readonly FoundUser[]; readonly nextPageToken: string }> {
  const namesake = 'id' in search ? search.id : undefined;
  if (namesake !== undefined && pageToken === '') {
    const user = (await store.account(tenant, namesake))?.users.find(({ id }) => id === namesake);
    if (user !== undefined) return { found: [{ accountId: namesake, user }], nextPageToken: tokenOf('', 0) };
  }
  const start = readToken(pageToken);
  const found: FoundUser[] = [];
  const begun = performance.now();
  let place = start.place || undefined;
  for (let size = firstPortion; ;) {
    const portionBegun = performance.now();
    const portion = await store.searchAccounts(tenant, search, size, place);
    for (const { place: here, account } of portion.accounts) {
      if (account.id === namesake) continue;
      const users = account.users.filter((user) => isFound(user, search));
      const given = here === start.place ? start.given : 0;
      const end = Math.min(users.length, given + limit - found.length);
      for (const user of users.slice(given, end)) found.push({ accountId: account.id, user });
      if (end < users.length) return { found, nextPageToken: tokenOf(here, end) };
    }
    place = portion.next;
    if (place === undefined) return { found, nextPageToken: '' };
    const now = performance.now();
    if (found.length === limit || now - begun > searchMs) return { found, nextPageToken: tokenOf(place, 0) };
    size = now - portionBegun < portionMs ? size * 2 : Math.ceil(size / 2);
    await setImmediate();
  }
}

/** Says where to go on: an account's place, and how many found in it were given already. */
const tokenOf = (place: string, given: number): string => `${given}/${place}`;

function readToken(token: string): { readonly place: string; readonly given: number } {
  const [, given, place = ''] = /^(\d+)\/(.*)$/s.exec(token || tokenOf('', 0)) ?? [];
  if (given !== undefined) return { place, given: Number(given) };
  throw new RequestError('INVALID_ARGUMENT', 'INVALID_PAGE_TOKEN', `'${token}' is no page token; start again without one.`);
}
