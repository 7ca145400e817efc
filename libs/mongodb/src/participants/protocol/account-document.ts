import type { Account, LoadedAccount, User } from '@advocate/domain';
import type { TokenDocument } from './documents.ts';

/**
 * An account with its users. They are one text, as they are only ever read and written together: a document for each would cost the driver
 * several times the work. Without them it is a tombstone, which keeps the token of the write that deleted it.
 */
export interface AccountDocument extends TokenDocument, Partial<AccountContent> {
  /** Only a tombstone's; it is removed a day later. */
  readonly diedAt?: Date;
}

export interface AccountContent {
  readonly dateCreated: number;
  /** JSON. */
  readonly users: string;
}

let latest: { readonly account: Account; readonly content: AccountContent } | undefined;

/** What is stored of an account. That of the account asked about last is kept: it is measured, and then written. */
export function accountContent(account: Account): AccountContent {
  if (latest?.account !== account) {
    latest = { account, content: { dateCreated: account.dateCreated, users: JSON.stringify(account.users) } };
  }
  return latest.content;
}

/** The document of an account as it is after a write; null means deleted. */
export function accountDocument(_id: string, token: string, content: AccountContent | null): AccountDocument {
  return content === null ? { _id, token, diedAt: new Date() } : { _id, token, ...content };
}

/** What a document says of the account with an id. */
export function loadedAccount(id: string, { token, dateCreated, users }: AccountDocument): LoadedAccount {
  if (users === undefined) return { account: undefined, token };
  return { account: { id, dateCreated: dateCreated ?? 0, users: usersOf({ users }) }, token };
}

export const usersOf = ({ users = '[]' }: Pick<AccountDocument, 'users'>): readonly User[] => JSON.parse(users) as readonly User[];
