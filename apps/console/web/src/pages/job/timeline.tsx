import type { ImportJob } from '@advocate/contracts';
import { Time } from '../../components/time.tsx';
import type { TimeStyle } from '../../text/format.ts';
import { isExpired } from '../../text/job-words.ts';

const endings: Readonly<Partial<Record<ImportJob['status'], string>>> = {
  COMPLETED: 'Completed',
  ABORTED: 'Aborted',
  CANCELLED: 'Cancelled',
};

/** What happened to a job when. */
export function Timeline({ job }: { job: ImportJob }) {
  const events: { label: string; at: number; as: TimeStyle }[] = [
    { label: 'Accepted', at: job.dateCreated, as: 'second' },
    { label: 'Started', at: job.dateStarted, as: 'second' },
    { label: endings[job.status] ?? 'Ended', at: job.dateCompleted, as: 'second' },
    { label: isExpired(job, Date.now()) ? 'Files removed' : 'Files expire', at: job.dateExpires, as: 'day' },
  ];
  return (
    <section class="card" aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol class="timeline">
        {events
          .filter(({ at }) => at > 0)
          .map(({ label, at, as }) => (
            <li key={label} class={at > Date.now() ? 'is-ahead' : ''}>
              <span>{label}</span>
              <Time at={at} as={as} />
            </li>
          ))}
      </ol>
    </section>
  );
}
