import type { Job, OutcomeCounts, Slice, Cut, JobStatus } from '@advocate/domain';

/** Jobs, their slices and the outcomes of their chunks. What a method changed is durable when it resolves. */
export interface JobStore {
  /** Stores a new job, unless the tenant has one with the same request id: then answers that one. */
  create(job: Job, requestId: string | undefined): Promise<Job>;

  /** The job that a request id created before. */
  ofRequest(tenant: string, requestId: string): Promise<Job | undefined>;

  /** Reads a job. */
  get(tenant: string, jobId: string): Promise<Job | undefined>;

  /** A tenant's jobs, newest first (by acceptance, then id); those after `after` when it is given. */
  list(tenant: string, limit: number, after?: string): Promise<readonly Job[]>;

  /** The jobs of all tenants that are PENDING, or owe an event or a mail, oldest first. */
  unfinished(): Promise<readonly Job[]>;

  /**
   * Takes, renews or gives back the right to drive a job, which one holder has at a time. It is taken when nobody has it, when this holder
   * has it already, or when it has run out at `now`, epoch milliseconds: its `until` is not later. So a holder gives it back by a lease until `now`.
   * False, and nothing changed, while another holder has it, and when there is no such job. Nothing but a lease changes it, and it shows in no job.
   * It guards against double work, not against wrong work: all that a driver does may be done twice.
   */
  lease(tenant: string, jobId: string, lease: JobLease, now: number): Promise<boolean>;

  /** Notes progress of a PENDING job; a job that is not PENDING stays as it is. Answers the job as it is then. */
  advance(tenant: string, jobId: string, progress: JobProgress): Promise<Job | undefined>;

  /** Gives a PENDING job its final status; false when it has one already. It owes its event from then on, and if it has an address, its mail. */
  finish(tenant: string, jobId: string, ending: JobEnding): Promise<boolean>;

  /**
   * Lets an ABORTED job go on, see `resumed` in the domain: it is PENDING again, and keeps its slices and outcomes. Answers the job as it is then;
   * nothing, and nothing changed, when it has another status.
   */
  resume(tenant: string, jobId: string): Promise<Job | undefined>;

  /** Notes that the event of the job's end was published. */
  eventPublished(tenant: string, jobId: string): Promise<void>;

  /** Notes that the completion mail was sent. */
  mailSent(tenant: string, jobId: string): Promise<void>;

  /** Notes a slice as dispatched; noting it again changes nothing. */
  putSlice(jobId: string, slice: Slice): Promise<void>;

  /** The job's slices by index. */
  slices(jobId: string): Promise<readonly SliceProgress[]>;

  /** Stores a chunk's outcome; storing it again changes nothing. Answers whether all chunks of its slice are stored now. */
  putOutcome(outcome: StoredOutcome): Promise<{ readonly sliceFinished: boolean }>;

  /** The outcomes of a slice's chunks, by partition. */
  outcomes(jobId: string, slice: number): Promise<readonly Uint8Array[]>;

  /** Removes the chunk outcomes of jobs that ended before a time, epoch milliseconds. Their counts stay. */
  removeOutcomesOfJobsEndedBefore(time: number): Promise<void>;

  /** Rows by outcome over all chunk outcomes stored so far, and the bytes of the slices that are finished. */
  progress(jobId: string): Promise<{ readonly counts: OutcomeCounts; readonly bytes: number }>;
}

export interface JobLease {
  /** Names the process that drives the job. */
  readonly holder: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface JobProgress {
  readonly dateStarted?: number;
  readonly claimed?: true;
  readonly cut?: Cut;
  readonly cancelRequested?: true;
  readonly abortReason?: string;
}

export interface JobEnding {
  readonly status: Exclude<JobStatus, 'PENDING'>;
  readonly dateCompleted: number;
  readonly counts: OutcomeCounts;
  readonly ignoredFields: readonly string[];
}

export interface SliceProgress extends Slice {
  /** Whether all its chunks have their outcomes stored. */
  readonly finished: boolean;
}

export interface StoredOutcome {
  readonly jobId: string;
  readonly slice: number;
  readonly partition: number;
  /** How many chunks the slice has. */
  readonly sliceChunks: number;
  readonly counts: OutcomeCounts;
  /** The encoded ChunkOutcome; opaque to the store. */
  readonly outcome: Uint8Array;
}
