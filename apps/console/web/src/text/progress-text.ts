import type { ImportJob } from '@advocate/contracts';
import { formatClock, formatCount, formatNumber } from '@advocate/format';
import type { Pace } from '../progress/pace.ts';
import { formatShare } from './format.ts';
import { jobState } from './job-words.ts';

/** How far a pending job is. */
export interface ProgressText {
  /** From 0 to 1, by the bytes of the file, since nobody knows its rows before it was read. */
  readonly share: number;
  readonly percent: string;
  /** Rows done, rate, remaining time: what is known of them. */
  readonly details: readonly string[];
}

export function progressText(job: ImportJob, pace: Pace | undefined): ProgressText {
  const { bytesTotal = 0, bytesProcessed = 0, recordsProcessed = 0 } = job.stats ?? {};
  const share = bytesTotal === 0 ? 0 : Math.min(1, bytesProcessed / bytesTotal);
  const rows = formatCount(recordsProcessed, 'row');
  switch (jobState(job)) {
    case 'queued':
      return { share: 0, percent: '0%', details: ['Waiting for its turn'] };
    case 'writing':
      return { share: 1, percent: '100%', details: [rows, 'writing the result files'] };
    default: {
      const rate = pace?.rowsPerSecond;
      const remainingMs = pace?.remainingMs(bytesTotal);
      const details = [rows];
      if (rate !== undefined) details.push(`${formatNumber(rate)} rows/s`);
      if (remainingMs !== undefined) details.push(`about ${formatClock(remainingMs)} left`);
      return { share, percent: formatShare(bytesProcessed, bytesTotal), details };
    }
  }
}
