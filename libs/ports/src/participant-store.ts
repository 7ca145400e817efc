import type {
  Account,
  AccountChange,
  Attribution,
  CodeState,
  LoadedAccount,
  LoadedState,
  ReferralSide,
  UserKey,
  UserSearch,
} from '@advocate/domain';

/**
 * Participants in their accounts. An account is loaded whole and written by a write that is conditional on the token read, so that
 * a decision made on it holds when it is committed. Adapters load and commit; they decide nothing.
 */
export interface ParticipantStore {
  /** The committed outcome of a chunk, or nothing when the chunk was not decided yet. */
  committed(chunkId: string): Promise<Uint8Array | undefined>;

  /** Whether a chunk is committed. */
  isCommitted(chunkId: string): Promise<boolean>;

  /** Removes the decision records of chunks whose jobs were accepted before a time, epoch milliseconds: long after any can be delivered again. */
  removeDecisionsBefore(time: number): Promise<void>;

  /**
   * Loads what a decision needs. Claims of `jobId` come before those of other jobs. Of a first load, accounts may be left out that are there: a commit on it
   * answers that they moved.
   */
  load(request: LoadRequest): Promise<LoadedState>;

  /** Whether an account is small enough to be kept. */
  fits(account: Account): boolean;

  /**
   * Commits a chunk's decision under its id, durable when it resolves. A chunk that is already committed stays as it is: `committed` then
   * answers with its outcome. When accounts or codes moved since they were loaded, `moved` names what has to be loaded and decided again. Then
   * either nothing was written, or what was decided for the other accounts stands, for good, with the outcomes that `standing` has.
   */
  commit(decision: ChunkDecision): Promise<CommitResult>;

  /**
   * Claims codes and links for users of a job's file, in order. A claim is made unless somebody else holds the code or claimed it
   * before; making it again changes nothing.
   */
  claim(tenant: string, jobId: string, claims: readonly CodeClaim[]): Promise<void>;

  /**
   * Drops the job's claims; codes that accounts list stay theirs. Until then a code that the job claimed or listed may stay with its
   * owner, even when the owner has freed it.
   */
  releaseClaims(tenant: string, jobId: string): Promise<void>;

  /** Reads an account. */
  account(tenant: string, accountId: string): Promise<Account | undefined>;

  /**
   * Looks at some of a tenant's accounts, at most `size`, beginning at a place or at the first: no index leads to the users whom a search is for. Accounts
   * are in an order of the store's own, in which each keeps its place.
   */
  searchAccounts(tenant: string, search: UserSearch, size: number, from?: string): Promise<AccountPortion>;

  /** Who holds or claims a code, by key; see `codeKey`. */
  findCode(tenant: string, key: string): Promise<CodeState | undefined>;

  /** Adds an item to a life's history; adding it again changes nothing. False when no such life is stored. */
  recordHistory(tenant: string, item: HistoryItem): Promise<boolean>;

  /** Who referred a life, by program and date. */
  attributions(tenant: string, incarnation: string): Promise<readonly Attribution[]>;

  /** Referrals that a life has on either side, by date and id; those after `after` when it is given. */
  referrals(
    tenant: string,
    incarnation: string,
    limit: number,
    after?: Pick<StoredReferral, 'date' | 'id'>,
  ): Promise<readonly StoredReferral[]>;

  /** How much history a life has. */
  countHistory(tenant: string, incarnation: string): Promise<HistoryCounts>;

  /** Stores a segment unless there is one with its key; answers the one stored. */
  createSegment(tenant: string, segment: Segment): Promise<Segment>;

  /** Reads a segment. */
  segment(tenant: string, key: string): Promise<Segment | undefined>;

  /** Segments by key; those after `after` when it is given. */
  segments(tenant: string, limit: number, after?: string): Promise<readonly Segment[]>;
}

/** What a search came to in the accounts that it looked at. */
export interface AccountPortion {
  /** Those in which it finds somebody, in the store's order. */
  readonly accounts: readonly { readonly place: string; readonly account: Account }[];
  /** Where the next account is; absent when there is none. */
  readonly next?: string;
}

export interface LoadRequest {
  readonly tenant: string;
  readonly jobId: string;
  readonly accountIds: readonly string[];
  /** Keys of codes and links. */
  readonly codes: readonly string[];
  /** Users to look for on the do-not-track list. */
  readonly doNotTrack: Iterable<UserKey>;
  /** Set when nothing was loaded for the decision before, and it will be committed with the state's `asOf`. */
  readonly isFirst?: boolean;
}

export interface ChunkDecision {
  readonly chunkId: string;
  readonly tenant: string;
  readonly jobId: string;
  /** May be gone through more than once, and may decide each account only when it is reached; it gives the same decisions each time. */
  readonly accounts: Iterable<AccountDecision>;
  /** The encoded ChunkOutcome; opaque to the store. It is complete only after `accounts` has been gone through: read it then. */
  readonly outcome: Uint8Array;
  /** The job's acceptance time, epoch milliseconds. */
  readonly date: number;
  /** The mark of the oldest state that was decided on. A store that sees by it that nothing was written since may spare itself all comparisons. */
  readonly asOf?: unknown;
  /** Set to decide anew only the accounts that `moved` named: the mark of the decision that stands for all others. */
  readonly amends?: unknown;
  /** Set when nobody will commit the chunk again after a crash. The store then sees by itself that it is either done or not begun. */
  readonly isDirect?: boolean;
}

/** A change of one account, with the state that it was decided on. */
export interface AccountDecision {
  readonly accountId: string;
  readonly before: LoadedAccount | undefined;
  readonly change: Omit<AccountChange, 'outcomes'>;
}

export type CommitResult =
  | { readonly status: 'committed'; readonly outcome: Uint8Array }
  | {
      readonly status: 'moved';
      readonly accountIds: readonly string[];
      readonly codes: readonly string[];
      /** What was decided for the other accounts; absent when nothing was written. */
      readonly standing?: StandingDecision;
    };

/** A decision that can no longer be taken back, except for the accounts that moved. */
export interface StandingDecision {
  /** The encoded ChunkOutcome, with the outcomes of all rows as they were decided; those of the moved accounts are void. */
  readonly outcome: Uint8Array;
  /** For {@link ChunkDecision.amends}. */
  readonly mark: unknown;
}

export interface CodeClaim {
  readonly key: string;
  readonly owner: UserKey;
  readonly programId: string;
  /** As given. */
  readonly code: string;
  readonly recordNumber: number;
}

export type HistoryItem = {
  readonly id: string;
  /** The life that it belongs to. */
  readonly owner: ReferralSide;
  /** Epoch milliseconds. */
  readonly date: number;
} & (
  | { readonly kind: 'referral'; readonly programId: string; readonly code: string; readonly referred: ReferralSide }
  | { readonly kind: 'reward'; readonly content: unknown }
  | { readonly kind: 'event'; readonly key: string; readonly content: unknown }
);

/** A referral as it is now: a side whose life ended is absent, and the code goes with the referrer. */
export interface StoredReferral {
  readonly id: string;
  readonly programId: string;
  /** Epoch milliseconds. */
  readonly date: number;
  readonly referrer?: UserKey & { readonly code: string };
  readonly referred?: UserKey;
}

export interface HistoryCounts {
  readonly referrals: number;
  readonly rewards: number;
  readonly events: number;
}

export interface Segment {
  readonly key: string;
  readonly displayName: string;
  /** Epoch milliseconds. */
  readonly dateCreated: number;
}
