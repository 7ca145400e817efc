import type { UserSearch } from '@advocate/domain';
import type { StoredReferral } from '@advocate/ports';
import { RequestError } from '@advocate/service';

/** UTF-16 units that 255 characters have at most. */
const maxSearchedLength = 510;

/** Throws INVALID_ARGUMENT unless exactly one of the two is given. */
export function readSearch(id: string, email: string): UserSearch {
  if ((id === '') === (email === '')) throw new RequestError('INVALID_ARGUMENT', 'BAD_REQUEST', 'Search by either id or email.');
  const [field, text] = id === '' ? ['email', email] : ['id', id];
  if (text.length > maxSearchedLength) {
    throw new RequestError('INVALID_ARGUMENT', 'BAD_REQUEST', `Nobody has this ${field}: it has more than 255 characters.`);
  }
  return id === '' ? { email } : { id };
}

/** Where the referrals of a page begin. Throws INVALID_ARGUMENT when it is no token. */
export function readReferralToken(token: string): Pick<StoredReferral, 'date' | 'id'> | undefined {
  if (token === '') return undefined;
  const [, date, id] = /^(-?\d+)\/(.+)$/.exec(token) ?? [];
  if (id === undefined)
    throw new RequestError('INVALID_ARGUMENT', 'INVALID_PAGE_TOKEN', `'${token}' is no page token; start again without one.`);
  return { date: Number(date), id };
}
