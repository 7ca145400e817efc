import type { ImportJob } from '@advocate/contracts';
import { isExpired, jobState, type JobState, stateLabels } from '../text/job-words.ts';
import { Icon, type IconName } from './icon.tsx';

const icons: Readonly<Record<JobState, IconName>> = {
  queued: 'clock',
  running: 'running',
  writing: 'running',
  completed: 'check',
  partly: 'alert',
  aborted: 'alert',
  cancelled: 'stop',
};

/** Where a job stands, as a picture with words. */
export function StateBadge({ job }: { job: ImportJob }) {
  const state = jobState(job);
  return (
    <span class={`badge badge-${state}`}>
      <Icon name={icons[state]} />
      {stateLabels[state]}
    </span>
  );
}

/** That a job's files are gone, where they are. */
export const ExpiredBadge = ({ job }: { job: ImportJob }) =>
  isExpired(job, Date.now()) ? (
    <span class="badge badge-cancelled">
      <Icon name="clock" />
      Files expired
    </span>
  ) : null;
