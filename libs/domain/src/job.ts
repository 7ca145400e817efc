import type { ErrorCause } from './error-causes.ts';
import type { ImportPlan } from './import-plan.ts';

export type JobStatus = 'PENDING' | 'COMPLETED' | 'ABORTED' | 'CANCELLED';

/** One import as the job store keeps it. */
export interface Job {
  /** 24 hex digits. */
  readonly id: string;
  readonly tenant: string;
  readonly plan: ImportPlan;
  readonly displayName: string;
  readonly requester: string;
  readonly mailtoEmail: string;
  /** The uploaded file, as people download it again. */
  readonly fileRef: string;
  /** The file that slices are cut from: the upload, or its UTF-8 copy when it came in UTF-16. */
  readonly source: Source;
  /** Into how many partitions rows are dealt; fixed at acceptance, so that a re-run cuts the same chunks. */
  readonly partitions: number;
  /** What the header gave to say; facts that show later have fields of their own. */
  readonly warnings: readonly string[];
  readonly status: JobStatus;
  readonly cancelRequested: boolean;
  /** How often the job went on after it had been aborted; absent when never. */
  readonly resumptions?: number;
  /** Set when the job is taken up, and again when it goes on after it had been aborted. */
  readonly dateStarted?: number;
  readonly dateCompleted?: number;
  /** Set with the final status: until when the job's files are kept, whatever is configured later. */
  readonly dateExpires?: number;
  /** Set once the files, whose time is over, are removed. */
  readonly filesRemoved?: true;
  /** Set as soon as the job cannot go on. */
  readonly abortReason?: string;
  /** Set once all the file's codes and links are claimed, or there are none to claim. */
  readonly claimed: boolean;
  /** Set once the whole file has been cut. */
  readonly cut?: Cut;
  /** Set with the final status. */
  readonly counts?: OutcomeCounts;
  /** Set with the final status: fields of JSONL rows that are not known and were ignored, sorted. */
  readonly ignoredFields?: readonly string[];
  /** Set with the final status: why rows failed, the most frequent cause first. They stay when the outcomes have expired. */
  readonly errorCauses?: readonly ErrorCause[];
  /** Whether the event of the job's end is still owed. */
  readonly eventOwed: boolean;
  /** Whether the completion mail is still owed. */
  readonly mailOwed: boolean;
  /** Who is sending the mail, and until when nobody else may; absent when nobody has tried. */
  readonly mailLease?: { readonly holder: string; readonly until: number };
}

/**
 * An aborted job as it goes on: PENDING, with nothing left of its end, of its abort or of a wish to cancel it. It has to be cut again, since the file may
 * have been another one meanwhile, and to claim its codes again, since a job that ends drops its claims.
 */
export function resumed(aborted: Job): Job {
  const { dateStarted, dateCompleted, dateExpires, abortReason, counts, ignoredFields, errorCauses, cut, mailLease, ...job } = aborted;
  return {
    ...job,
    status: 'PENDING',
    resumptions: (job.resumptions ?? 0) + 1,
    cancelRequested: false,
    claimed: false,
    eventOwed: false,
    mailOwed: false,
  };
}

/** A job whose owed mail a holder may send; nothing when it owes none, or when another holder has the right until later than `now`. */
export function mailTaken(job: Job, lease: NonNullable<Job['mailLease']>, now: number): Job | undefined {
  const { mailOwed, mailLease } = job;
  const isFree = mailLease === undefined || mailLease.holder === lease.holder || mailLease.until <= now;
  return mailOwed && isFree ? { ...job, mailLease: lease } : undefined;
}

/** A job of which the mail of the end after so many resumptions was sent; the job itself when it has been resumed since. */
export function mailSent(job: Job, resumptions: number | undefined): Job {
  if (job.resumptions !== resumptions) return job;
  const { mailLease, ...rest } = job;
  return { ...rest, mailOwed: false };
}

/** A job of which the event of the end after so many resumptions was published; the job itself when it has been resumed since. */
export const eventPublished = (job: Job, resumptions: number | undefined): Job =>
  job.resumptions === resumptions ? { ...job, eventOwed: false } : job;

export interface Source {
  readonly name: string;
  readonly bytes: number;
  /** Where the first data record begins. */
  readonly start: Position;
}

/** The place where a record begins. */
export interface Position {
  /** Bytes of the file before it. */
  readonly offset: number;
  readonly recordNumber: number;
  /** Physical line, from 1. */
  readonly line: number;
}

/** What cutting the file gave. */
export interface Cut {
  readonly slices: number;
  readonly records: number;
}

/** A contiguous range of the file's records: the unit of dispatch, of fairness, of progress and of recovery. */
export interface Slice {
  readonly index: number;
  /** Where its first record begins. */
  readonly start: Position;
  /** From the end of the slice before, so that all slices together have the file's length. */
  readonly bytes: number;
  readonly records: number;
  /** Partitions that got a chunk of it, ascending. */
  readonly partitions: readonly number[];
}

/** Rows by outcome. */
export interface OutcomeCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly failed: number;
}

export const noOutcomes: OutcomeCounts = { created: 0, updated: 0, unchanged: 0, deleted: 0, failed: 0 };

export const countRows = (counts: OutcomeCounts): number =>
  counts.created + counts.updated + counts.unchanged + counts.deleted + counts.failed;

/** The chunk's name: the same in every re-run. */
export const chunkId = (jobId: string, slice: number, partition: number): string => `${jobId}/${slice}/${partition}`;
