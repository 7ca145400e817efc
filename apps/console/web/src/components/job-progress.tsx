import type { ImportJob } from '@advocate/contracts';
import { Fragment } from 'preact';
import type { Pace } from '../progress/pace.ts';
import { progressText } from '../text/progress-text.ts';

/** How far a pending job is: a bar, the share, and the rate and remaining time in words. */
export function JobProgress({ job, pace, label }: { job: ImportJob; pace: Pace | undefined; label: string }) {
  const { share, percent, details } = progressText(job, pace);
  return (
    <div class="progress">
      <div class="progress-row">
        <progress value={share} max={1} aria-label={label} />
        <span class="progress-percent">{percent}</span>
      </div>
      <p class="progress-details">
        {details.map((detail, index) => (
          <Fragment key={index}>
            {index > 0 && ' · '}
            <span>{detail}</span>
          </Fragment>
        ))}
      </p>
    </div>
  );
}
