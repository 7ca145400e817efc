import type { Account, UserKey } from './account.ts';
import type { RowOutcome } from './outcome.ts';

/** What a decision on one account's rows asks the store to do. */
export interface AccountChange {
  /** The account afterwards; absent when it is deleted, or was never there. The very object that was loaded when nothing changed. */
  readonly account: Account | undefined;
  /** Codes and links that users of the account now hold. */
  readonly listed: readonly ListedCode[];
  /** Keys of codes and links that became free. */
  readonly freed: readonly string[];
  readonly referrals: readonly Referral[];
  /** Lives that ended: their history goes. */
  readonly erased: readonly string[];
  /** Users that go on the do-not-track list. */
  readonly doNotTrack: readonly UserKey[];
  /** One per row of the account, in order. */
  readonly outcomes: readonly RowOutcome[];
}

/** A code or link that a user now holds, under the key that makes it unique. */
export interface ListedCode {
  readonly key: string;
  readonly userId: string;
}

/** Somebody referred somebody. Each side belongs to one life of a user; a deleted side keeps no ids. */
export interface Referral {
  readonly id: string;
  readonly programId: string;
  readonly code: string;
  readonly referrer: ReferralSide;
  readonly referred: ReferralSide;
  /** Epoch milliseconds. */
  readonly dateCreated: number;
}

export interface ReferralSide extends UserKey {
  readonly incarnation: string;
}

/** What a change has none of; one array for all, since a change is made for every account. */
export const nothing: readonly never[] = Object.freeze([]);
