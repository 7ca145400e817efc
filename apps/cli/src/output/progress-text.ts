import type { ImportJob } from '@advocate/contracts';
import { formatBytes, formatCount, formatDuration, formatNumber } from '@advocate/format';
import type { Pace } from './pace.ts';

const barWidth = 24;

/** `[=======>      ]  45%`; the share is from 0 to 1. */
export function bar(share: number): string {
  const bounded = Math.min(1, Math.max(0, share));
  const filled = Math.floor(bounded * barWidth);
  const drawn = filled === barWidth ? '='.repeat(barWidth) : `${'='.repeat(filled)}>`.padEnd(barWidth);
  // Rounded down, so that 100 % means done.
  return `[${drawn}] ${String(Math.floor(bounded * 100)).padStart(3)}%`;
}

/** `12,000 rows, 3 errors, 24,000 rows/s`; once all rows have outcomes, what is left to do instead of the rate. */
export function jobLine(job: ImportJob, pace: Pace): string {
  const { recordsProcessed = 0, errors = 0 } = job.stats ?? {};
  const rate = pace.rowsPerSecond;
  const parts = [formatCount(recordsProcessed, 'row'), formatCount(errors, 'error')];
  if (isWritingFiles(job)) parts.push('writing the result files');
  else if (rate !== undefined) parts.push(`${formatNumber(rate)} rows/s`);
  return parts.join(', ');
}

function isWritingFiles({ status, stats }: ImportJob): boolean {
  return status === 'PENDING' && stats !== undefined && stats.recordsTotal > 0 && stats.recordsProcessed === stats.recordsTotal;
}

/** The bar, `jobLine`, and how long it will take. */
export function jobBar(job: ImportJob, pace: Pace): string {
  const { bytesTotal = 0, bytesProcessed = 0 } = job.stats ?? {};
  if (job.dateStarted === 0) return `${bar(0)}  waiting to start`;
  const share = bytesTotal === 0 ? 0 : bytesProcessed / bytesTotal;
  const bytesPerSecond = pace.bytesPerSecond ?? 0;
  const remaining =
    bytesPerSecond > 0 && bytesProcessed < bytesTotal
      ? `, ETA ${formatDuration(((bytesTotal - bytesProcessed) / bytesPerSecond) * 1000)}`
      : '';
  return `${bar(share)}  ${jobLine(job, pace)}${remaining}`;
}

/** `uploaded 1.2 MB of 3.4 MB`. */
export const uploadLine = (sent: number, total: number | undefined): string =>
  `uploaded ${formatBytes(sent)}${total === undefined ? '' : ` of ${formatBytes(total)}`}`;

export const uploadBar = (sent: number, total: number | undefined): string =>
  total === undefined || total === 0 ? uploadLine(sent, total) : `${bar(sent / total)}  ${uploadLine(sent, total)}`;
