import type { UserSearch } from '@advocate/domain';
import { isFound, textsOf } from '@advocate/domain';
import type { AccountPortion } from '@advocate/ports';
import type { Collection } from 'mongodb';
import { idsUnder } from '../documents.ts';
import { withRetry } from '../retry.ts';
import { type AccountDocument, loadedAccount } from './protocol/account-document.ts';
import { escapedTenant, idOf, tenantKey } from './protocol/keys.ts';

/** Looks for users in some of a tenant's accounts, which have their places by id; the server reads their text. */
export async function searchAccounts(
  accounts: Collection<AccountDocument>,
  tenant: string,
  search: UserSearch,
  size: number,
  from = '',
): Promise<AccountPortion> {
  const rest = { ...idsUnder(escapedTenant(tenant)), $gte: tenantKey(tenant, from) };
  const byId = { _id: 1 } as const;
  const [end] = await withRetry(() => accounts.find({ _id: rest }, { projection: byId }).sort(byId).skip(size).limit(1).toArray());
  const portion = end === undefined ? rest : { $gte: rest.$gte, $lt: end._id };
  const users = { $regex: textsOf(search).map(regexText).join('.*'), $options: 'i' };
  const documents = await withRetry(() => accounts.find({ _id: portion, users }).sort(byId).toArray());
  const found = documents.flatMap((document) => {
    const id = idOf(document._id);
    const { account } = loadedAccount(id, document);
    return account?.users.some((user) => isFound(user, search)) ? [{ place: id, account }] : [];
  });
  return { accounts: found, ...(end === undefined ? {} : { next: idOf(end._id) }) };
}

/** A text as a regular expression takes it for itself. */
const regexText = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
