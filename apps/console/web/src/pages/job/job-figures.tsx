import type { ImportJob } from '@advocate/contracts';
import { formatCount, formatDuration, formatNumber } from '@advocate/format';
import { JobProgress } from '../../components/job-progress.tsx';
import { OutcomeBar } from '../../components/outcome-bar.tsx';
import { useAnnouncement } from '../../hooks/use-announcement.ts';
import type { Pace } from '../../progress/pace.ts';
import { isPending, jobState, outcomeCounts, stateLabels } from '../../text/job-words.ts';
import { progressText } from '../../text/progress-text.ts';

/** How many rows had which outcome; of a job that runs, so far and how fast. */
export function JobFigures({ job, pace }: { job: ImportJob; pace: Pace }) {
  const counts = outcomeCounts(job.type, job.stats);
  const moving = isPending(job);
  const said = useAnnouncement(spoken(job, pace), !moving);
  return (
    <section class="card" aria-labelledby="rows">
      <div class="card-head">
        <h2 id="rows">Rows</h2>
        {!moving && job.dateStarted > 0 && (
          <p class="hint">
            {formatCount(job.stats?.recordsProcessed ?? 0, 'row')} in {formatDuration(job.dateCompleted - job.dateStarted)}
          </p>
        )}
      </div>
      {moving && <JobProgress job={job} pace={pace} label="Progress of the job" />}
      <dl class="figures">
        {counts.map(({ outcome, label, count }) => (
          <div key={outcome} class={count > 0 ? `figure figure-${outcome}` : 'figure'}>
            <dt>{label}</dt>
            <dd>{formatNumber(count)}</dd>
          </div>
        ))}
      </dl>
      <OutcomeBar counts={counts} />
      <p class="visually-hidden" role="status">
        {said}
      </p>
    </section>
  );
}

function spoken(job: ImportJob, pace: Pace): string {
  if (isPending(job)) {
    const { percent, details } = progressText(job, pace);
    return `${percent}, ${details.join(', ')}`;
  }
  return `${stateLabels[jobState(job)]}: ${formatCount(job.stats?.recordsProcessed ?? 0, 'row')}, ${formatNumber(job.stats?.errors ?? 0)} failed`;
}
