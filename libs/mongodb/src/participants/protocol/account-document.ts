import type { Account, CustomFieldValue, LoadedAccount, User } from '@advocate/domain';
import type { TokenDocument } from './documents.ts';

/** An account with its users; without users it is a tombstone, which keeps the token of the write that deleted it. */
export interface AccountDocument extends TokenDocument {
  readonly dateCreated?: number;
  readonly users?: readonly UserDocument[];
  /** Only a tombstone's; it is removed a day later. */
  readonly diedAt?: Date;
}

/** A user. Maps are lists of pairs, since their names may be any text and field names may not. */
type UserDocument = Omit<User, 'codes' | 'links' | 'customFields'> & {
  readonly codes: readonly Named<readonly string[]>[];
  readonly links?: readonly Named<readonly string[]>[];
  readonly customFields?: readonly Named<CustomFieldValue>[];
};

type Named<Value> = readonly [name: string, value: Value];

/** The document of an account as it is after a write; absent means deleted. */
export function accountDocument(_id: string, token: string, account: Account | undefined): AccountDocument {
  if (account === undefined) return { _id, token, diedAt: new Date() };
  return { _id, token, dateCreated: account.dateCreated, users: account.users.map(userDocument) };
}

/** What a document says of the account with an id. */
export function loadedAccount(id: string, { token, dateCreated, users }: AccountDocument): LoadedAccount {
  if (users === undefined) return { account: undefined, token };
  return { account: { id, dateCreated: dateCreated ?? 0, users: users.map(userOf) }, token };
}

/** Leaves the fields in their order. */
function userDocument(user: User): UserDocument {
  const { codes, links, customFields } = user;
  return {
    ...user,
    codes: Object.entries(codes),
    ...(links === undefined ? {} : { links: Object.entries(links) }),
    ...(customFields === undefined ? {} : { customFields: Object.entries(customFields) }),
  } as UserDocument;
}

function userOf(document: UserDocument): User {
  const { codes, links, customFields } = document;
  return {
    ...document,
    codes: mapOf(codes),
    ...(links === undefined ? {} : { links: mapOf(links) }),
    ...(customFields === undefined ? {} : { customFields: mapOf(customFields) }),
  } as User;
}

const mapOf = <Value>(pairs: readonly Named<Value>[]): Readonly<Record<string, Value>> => Object.fromEntries(pairs);
