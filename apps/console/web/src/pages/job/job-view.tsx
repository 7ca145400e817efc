import type { ImportJob } from '@advocate/contracts';
import { Icon } from '../../components/icon.tsx';
import type { Pace } from '../../progress/pace.ts';
import { ErrorCauses } from './error-causes.tsx';
import { JobFiles } from './job-files.tsx';
import { JobFigures } from './job-figures.tsx';
import { JobOptions } from './job-options.tsx';
import { ProgressOverTime } from './progress-over-time.tsx';
import { ResumeJob } from './resume-job.tsx';
import { Timeline } from './timeline.tsx';

interface JobViewProps {
  readonly tenant: string;
  readonly job: ImportJob;
  readonly pace: Pace;
  readonly onChanged: (job: ImportJob) => void;
}

/** All that is known of a job. */
export const JobView = ({ tenant, job, pace, onChanged }: JobViewProps) => (
  <div class="stack">
    {job.status === 'ABORTED' && <ResumeJob tenant={tenant} job={job} onResumed={onChanged} />}
    {job.warnings.length > 0 && (
      <div class="notice notice-warn">
        <Icon name="alert" />
        <ul class="notice-text" aria-label="Warnings">
          {job.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      </div>
    )}
    <div class="columns">
      <div class="stack">
        <JobFigures job={job} pace={pace} />
        <ProgressOverTime tenant={tenant} job={job} />
        <ErrorCauses tenant={tenant} job={job} />
      </div>
      <div class="stack stack-side">
        <JobFiles tenant={tenant} job={job} />
        <JobOptions job={job} />
        <Timeline job={job} />
      </div>
    </div>
  </div>
);
