import type { ImportJob, ImportJob_Type, ImportStats } from '@advocate/contracts';

/** Where a job stands, as people say it. */
export type JobState = 'queued' | 'running' | 'writing' | 'completed' | 'partly' | 'aborted' | 'cancelled';

/** The state of a job; `partly` completed means that rows failed, `writing` that only its files are left to do. */
export function jobState({ status, dateStarted, stats }: ImportJob): JobState {
  switch (status) {
    case 'COMPLETED':
      return stats !== undefined && stats.errors > 0 ? 'partly' : 'completed';
    case 'ABORTED':
      return 'aborted';
    case 'CANCELLED':
      return 'cancelled';
    case 'PENDING':
    case 'STATUS_UNSPECIFIED':
      if (dateStarted === 0) return 'queued';
      return stats !== undefined && stats.recordsTotal > 0 && stats.recordsProcessed === stats.recordsTotal ? 'writing' : 'running';
  }
}

export const stateLabels: Readonly<Record<JobState, string>> = {
  queued: 'Queued',
  running: 'Running',
  writing: 'Writing files',
  completed: 'Completed',
  partly: 'Completed with errors',
  aborted: 'Aborted',
  cancelled: 'Cancelled',
};

/** Whether the job still moves. */
export const isPending = ({ status }: ImportJob): boolean => status === 'PENDING';

/** Whether the job's files are gone. */
export const isExpired = ({ dateExpires }: ImportJob, now: number): boolean => dateExpires > 0 && dateExpires <= now;

/** The product's names of the types. */
export const typeLabel = (type: ImportJob_Type): string => (type === 'USER_DELETIONS' ? 'Delete Users' : 'Users');

/** What a person calls the job: its name, else its file, else its id. */
export const jobTitle = (job: ImportJob): string => job.displayName || fileName(job.fileRef) || job.id;

/** `imports/{tenant}/{base}_{24 hex digits}.{ending}` without the folder and the digits: the name that the file had. */
export const fileName = (fileRef: string): string => fileRef.slice(fileRef.lastIndexOf('/') + 1).replace(/_[0-9a-f]{24}(?=\.|$)/, '');

/** One kind of outcome and how many rows had it. */
export interface OutcomeCount {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'failed';
  readonly label: string;
  readonly count: number;
}

/** Counts per outcome, those of the other type left out. */
export function outcomeCounts(type: ImportJob_Type, stats: ImportStats | undefined): readonly OutcomeCount[] {
  const { created = 0, updated = 0, unchanged = 0, deleted = 0, errors = 0 } = stats ?? {};
  const failed: OutcomeCount = { outcome: 'failed', label: 'Failed', count: errors };
  if (type === 'USER_DELETIONS') return [{ outcome: 'deleted', label: 'Deleted', count: deleted }, failed];
  return [
    { outcome: 'created', label: 'Created', count: created },
    { outcome: 'updated', label: 'Updated', count: updated },
    { outcome: 'unchanged', label: 'Unchanged', count: unchanged },
    failed,
  ];
}

/** A piece of a bar that is 100 wide. */
export interface BarPart {
  readonly outcome: OutcomeCount['outcome'];
  readonly start: number;
  readonly width: number;
}

/** Narrower could not be seen. */
const narrowestPart = 0.8;

/** The shares of the outcomes; whatever has a row can be seen. */
export function barParts(counts: readonly OutcomeCount[]): readonly BarPart[] {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const widths = counts.map(({ count }) => (count === 0 ? 0 : Math.max(narrowestPart, (count / total) * 100)));
  const scale = 100 / widths.reduce((sum, width) => sum + width, 0);
  let start = 0;
  return counts.flatMap(({ outcome }, index) => {
    const width = widths[index]! * scale;
    start += width;
    return width > 0 ? [{ outcome, start: start - width, width }] : [];
  });
}
