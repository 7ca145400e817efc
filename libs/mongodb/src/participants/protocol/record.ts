import type { ListedCode, Referral, UserKey } from '@advocate/domain';
import type { AccountContent } from './account-document.ts';
import type { TokenDocument } from './documents.ts';

/**
 * The decision record of a chunk: inserted once, before any write, so that whoever finds it carries on from it instead of deciding anew. What is
 * large about it is kept in blobs of its own, written before it.
 */
export interface DecisionRecord extends TokenDocument {
  /** Until every write is made, and every consequence drawn. */
  readonly open: boolean;
  /** Accounts that hold what was decided for them, as noted by those who then overwrote them. */
  readonly applied: readonly string[];
  /** Ids of the blobs with the decisions: the first one, then the amendments, each of which stands in place of what was decided for its accounts before. */
  readonly decisions: readonly string[];
  /** Id of the blob with the outcome. */
  readonly outcome: string;
  /** The job's acceptance time, epoch milliseconds. */
  readonly date: number;
  /** Of a direct call that is open: when it came, so that one that was left lying can be found. */
  readonly directSince?: Date;
}

/** What a chunk decided, or decided anew. */
export interface Decisions {
  readonly tenant: string;
  readonly jobId: string;
  /** Written to all the accounts. */
  readonly token: string;
  readonly writes: readonly AccountWrite[];
}

/** What was decided for an account. */
export interface AccountWrite {
  readonly accountId: string;
  /** The token that the account must have; null where there must be none. */
  readonly before: string | null;
  /** Undefined when nothing changes; null when the account is deleted. */
  readonly content: AccountContent | null | undefined;
  readonly listed: readonly ListedCode[];
  readonly freed: readonly string[];
  readonly referrals: readonly Referral[];
  readonly erased: readonly string[];
  readonly doNotTrack: readonly UserKey[];
}

/** A decision that is in force: the last one for its account. */
export interface StandingWrite {
  readonly write: AccountWrite;
  /** What the account has once it is written. */
  readonly after: string;
}

/** The decision in force for each account. */
export function standingWrites(decisions: readonly Decisions[]): Map<string, StandingWrite> {
  const standing = new Map<string, StandingWrite>();
  for (const { token, writes } of decisions) for (const write of writes) standing.set(write.accountId, { write, after: token });
  return standing;
}
