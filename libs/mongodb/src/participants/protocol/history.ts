import type { Referral } from '@advocate/domain';

export interface EndedLife {
  readonly incarnation: string;
  /** The account that it was in, which may be a tombstone now. */
  readonly accountId: string;
}

/**
 * What belongs to lives (incarnations) of users, and goes with them. Whoever adds something looks afterwards whether the life has ended meanwhile, and
 * erases it if so; whoever ends a life notes that first and then erases: so one of the two sees the other, and a repetition harms nobody who was
 * created anew under the same id.
 */
export interface History {
  /** Adds referrals; adding them again changes nothing. */
  addReferrals(tenant: string, referrals: readonly Referral[]): Promise<void>;
  /** Notes that lives have ended. */
  end(tenant: string, lives: readonly EndedLife[]): Promise<void>;
  /** Which of the lives have ended. */
  endedAmong(tenant: string, incarnations: readonly string[]): Promise<readonly string[]>;
  /** Removes what lives have; a referral forgets the side that ended, and goes with its second side. */
  erase(tenant: string, incarnations: readonly string[]): Promise<void>;
}
