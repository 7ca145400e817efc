import type { CustomFieldValue } from './rows/row-types.ts';

/** An account with all its users: the aggregate that is loaded, decided and written as a whole. */
export interface Account {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly dateCreated: number;
  /** In order of creation, at most {@link maxUsersPerAccount}. Empty only after a deletion that preserved the account. */
  readonly users: readonly User[];
}

/** A participant as stored. */
export interface User {
  readonly id: string;
  /** Names this life of the user: somebody created anew under the same id has another one. History belongs to it. */
  readonly incarnation: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly referable: boolean;
  readonly locale?: string;
  readonly countryCode?: string;
  readonly dateCreated: number;
  readonly dateUsTaxFormSubmitted?: number;
  readonly imageUrl?: string;
  /** Program id to the user's codes, the primary one first. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  /** Program id to the user's vanity links, the primary one first. A program that is absent has the link made from its primary code. */
  readonly links?: Readonly<Record<string, readonly string[]>>;
  /** Sorted. */
  readonly segments?: readonly string[];
  readonly customFields?: Readonly<Record<string, CustomFieldValue>>;
  /** Program id to who referred the user. */
  readonly referredBy?: Readonly<Record<string, Attribution>>;
  readonly changedBy: ChangedBy;
}

/** Who referred a user, by the code that was given. */
export interface Attribution {
  readonly code: string;
  readonly accountId: string;
  readonly id: string;
}

/** The job and row that last changed a user; a direct call has neither. */
export interface ChangedBy {
  readonly jobId: string;
  readonly recordNumber: number;
}

/** The product's limit, error RS013. */
export const maxUsersPerAccount = 1000;

/** A user's identity. */
export interface UserKey {
  readonly accountId: string;
  readonly id: string;
}
