export type ImportType = 'users' | 'deletions';
export type FileFormat = 'csv' | 'jsonl';

/** The settings of a job that decide its rows' outcomes, fixed when the job was accepted. A direct call is a job of one row. */
export interface ImportPlan {
  readonly tenant: string;
  readonly jobId: string;
  readonly type: ImportType;
  readonly format: FileFormat;
  /** CSV: the header's names in the columns' order. JSONL: empty. */
  readonly columns: readonly string[];
  readonly params: ImportParams;
  /** Acceptance time, epoch milliseconds: the "now" of every decision. */
  readonly acceptedAt: number;
  /** Programs in which each user has a code. The first is the one that the results show. */
  readonly programs: readonly string[];
  /** Keys of the segments that exist for this job. */
  readonly segments: readonly string[];
  /** Hosts that vanity links may have; any but the default one when empty. */
  readonly linkDomains: readonly string[];
  /** Whether a code given for a program in which the user has one becomes the primary one; else it is ignored. */
  readonly allowReferralCodeEdit: boolean;
}

/** The options of a job; a row's own column wins. */
export interface ImportParams {
  readonly programId?: string;
  /** Segment operations for every row, after the row's own. */
  readonly segments: readonly string[];
  readonly preserveEmptyAccounts: boolean;
  readonly doNotTrack: boolean;
}
