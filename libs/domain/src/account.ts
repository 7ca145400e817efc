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
  /** Programs in which the user was referred, sorted. By whom is in the referral, which forgets a referrer who was deleted. */
  readonly referredIn?: readonly string[];
  readonly changedBy: ChangedBy;
}

/** Who referred a user. A referrer who was deleted has left neither ids nor code. */
export interface Attribution {
  readonly programId: string;
  readonly referrer?: UserKey & { readonly code: string };
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
