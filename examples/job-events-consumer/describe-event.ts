import type { JobEvent } from './job-event.ts';

/** A sentence for people, such as `spring-1: 12,000 of 20,000 rows`. */
export function describeEvent({ type, job }: JobEvent): string {
  const { recordsTotal, recordsProcessed, errors } = job.stats;
  const rows = (count: number): string => `${count.toLocaleString('en-US')} ${count === 1 ? 'row' : 'rows'}`;
  return `${job.displayName || job.id}: ${sentence()}`;

  function sentence(): string {
    switch (type) {
      case 'CREATED':
        return 'accepted';
      case 'STARTED':
        return 'started';
      case 'PROGRESS':
        return `${rows(recordsProcessed)}${recordsTotal > 0 ? ` of ${recordsTotal.toLocaleString('en-US')}` : ''}, ${errors} failed`;
      case 'COMPLETED':
        return `completed, ${rows(recordsTotal)}, ${errors} failed`;
      case 'ABORTED':
        return `aborted: ${job.abortReason}`;
      case 'CANCELLED':
        return `cancelled after ${rows(recordsProcessed)}`;
      default:
        return `event of a type that this consumer does not know (${type})`;
    }
  }
}
