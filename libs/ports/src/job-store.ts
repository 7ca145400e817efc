import type { Cut, ErrorCause, ImportType, Job, JobStatus, OutcomeCounts, ProgressPoint, Slice } from '@advocate/domain';

/** Jobs, their slices and the outcomes of their chunks. What a method changed is durable when it resolves. */
export interface JobStore {
  /** Stores a new job, unless the tenant has one with the same request id: then answers that one. */
  create(job: Job, requestId: string | undefined): Promise<Job>;

  /** The job that a request id created before. */
  ofRequest(tenant: string, requestId: string): Promise<Job | undefined>;

  /** Reads a job. */
  get(tenant: string, jobId: string): Promise<Job | undefined>;

  /** A tenant's jobs that a filter lets through, newest first (by acceptance, then id). */
  list(tenant: string, limit: number, filter?: JobFilter): Promise<readonly Job[]>;

  /**
   * Removes a job with its slices and outcomes, unless it is PENDING or owes an event. Answers whether it is gone, also when it was not there. A mail that it owes
   * is owed no more. Its request id is free again; its own id is not, see {@link wasRemoved}.
   */
  remove(tenant: string, jobId: string): Promise<boolean>;

  /** Whether a job of this id was removed. No job may be created with such an id: what the engine noted of the first one may still be there. */
  wasRemoved(tenant: string, jobId: string): Promise<boolean>;

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

  /**
   * Notes that the event of a job's end was published. Of which end the job's `resumptions` at the time say: when the job was resumed since, nothing changes, and the
   * event of its next end stays owed.
   */
  eventPublished(tenant: string, jobId: string, resumptions?: number): Promise<void>;

  /**
   * Takes the right to send the mail that a job owes, which one holder has at a time: when nobody has it, when this holder has it already, or when it has run
   * out at `now`, epoch milliseconds. Answers the job as it is then; nothing, and nothing changed, when another holder has it, or no mail is owed.
   */
  takeMail(tenant: string, jobId: string, lease: JobLease, now: number): Promise<Job | undefined>;

  /** Notes that the completion mail of a job's end was sent; of which end, see {@link eventPublished}. */
  mailSent(tenant: string, jobId: string, resumptions?: number): Promise<void>;

  /** Notes a slice as dispatched; noting it again changes nothing. */
  putSlice(jobId: string, slice: Slice): Promise<void>;

  /** The job's slices by index. */
  slices(jobId: string): Promise<readonly SliceProgress[]>;

  /**
   * Stores a chunk's outcome; storing it again changes nothing. Answers whether all chunks of its slice are stored now. An outcome that comes again after those of its job were
   * removed is dropped.
   */
  putOutcome(outcome: StoredOutcome): Promise<{ readonly sliceFinished: boolean }>;

  /** The outcomes of a slice's chunks, by partition; they belong to the caller. */
  outcomes(jobId: string, slice: number): Promise<readonly Uint8Array[]>;

  /** The outcomes of those of a job's chunks that have failed rows, slice by slice in order; a slice is read when it is reached. */
  failures(jobId: string): AsyncIterable<readonly Uint8Array[]>;

  /** Ended jobs whose files have had their time at `now`, epoch milliseconds, and are not noted as removed: at most `limit`, those due first. */
  expired(now: number, limit: number): Promise<readonly Job[]>;

  /** Removes the slices of an ended job and their outcomes, and notes that its files are removed. Its counts stay. */
  expire(tenant: string, jobId: string): Promise<void>;

  /**
   * Whether a job, other than the one whose id is given, reads a file of the file store or has it as its upload: it has not ended, or its files are not noted
   * as removed.
   */
  usesFile(name: string, except?: string): Promise<boolean>;

  /** Rows by outcome over all chunk outcomes stored so far, and the bytes of the slices that are finished. */
  progress(jobId: string): Promise<{ readonly counts: OutcomeCounts; readonly bytes: number }>;

  /** How far a job was when, by the outcomes that are stored; see `historyOf` in the domain. */
  history(jobId: string): Promise<readonly ProgressPoint[]>;

  /** A secret of 64 hex digits, made when its name is first asked for and the same for everybody from then on. */
  secret(name: string): Promise<string>;
}

/** What is left out asks for nothing. */
export interface JobFilter {
  readonly type?: ImportType;
  readonly status?: JobStatus;
  /** Accepted at or after this time, epoch milliseconds. */
  readonly createdFrom?: number;
  /** Accepted before this time, epoch milliseconds. */
  readonly createdBefore?: number;
  /** After this place in the list's order, whether or not a job is there. */
  readonly after?: JobPlace;
}

/** Where a job stands in the list. */
export interface JobPlace {
  readonly acceptedAt: number;
  readonly id: string;
}

export interface JobLease {
  /** Names the process that drives the job, or sends its mail. */
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
  /** Epoch milliseconds; until then its files are kept. */
  readonly dateExpires: number;
  readonly counts: OutcomeCounts;
  readonly ignoredFields: readonly string[];
  readonly errorCauses: readonly ErrorCause[];
}

export interface SliceProgress extends Slice {
  /** Whether all its chunks have their outcomes stored. */
  readonly finished: boolean;
}

export interface StoredOutcome {
  readonly tenant: string;
  readonly jobId: string;
  readonly slice: number;
  readonly partition: number;
  /** How many chunks the slice has. */
  readonly sliceChunks: number;
  readonly counts: OutcomeCounts;
  /** When it came to be stored, epoch milliseconds. */
  readonly storedAt: number;
  /** The encoded ChunkOutcome; opaque to the store. */
  readonly outcome: Uint8Array;
}
