import type { ImportJob } from '@advocate/contracts';
import { formatCount, formatNumber } from '@advocate/format';
import { FileLinks } from '../../components/file-links.tsx';
import { JobProgress } from '../../components/job-progress.tsx';
import { OutcomeBar } from '../../components/outcome-bar.tsx';
import { ExpiredBadge, StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import type { Paces } from '../../progress/paces.ts';
import { jobAddress } from '../../text/addresses.ts';
import { isPending, jobTitle, outcomeCounts, typeLabel } from '../../text/job-words.ts';
import { CancelJob } from '../job/cancel-job.tsx';

interface JobsTableProps {
  readonly tenant: string;
  readonly jobs: readonly ImportJob[];
  readonly paces: Paces;
  readonly onChanged: () => void;
}

// The roles are said once more, since the phone's style takes them from the elements.

/** Jobs with their state and counts; on a phone each one stands by itself. */
export const JobsTable = ({ tenant, jobs, paces, onChanged }: JobsTableProps) => (
  <table class="table table-jobs" role="table">
    <caption class="visually-hidden">Jobs, newest first</caption>
    <thead role="rowgroup">
      <tr role="row">
        <th scope="col" role="columnheader">
          Job
        </th>
        <th scope="col" role="columnheader">
          Status
        </th>
        <th scope="col" role="columnheader">
          Rows
        </th>
        <th scope="col" role="columnheader">
          Accepted
        </th>
        <th scope="col" role="columnheader">
          Files
        </th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      {jobs.map((job) => (
        <tr key={job.id} role="row">
          <th scope="row" role="rowheader" class="cell-job">
            <a class="job-link" href={jobAddress(tenant, job.id)}>
              {jobTitle(job)}
            </a>
            <span class="hint">
              {typeLabel(job.type)} · by {job.requester}
            </span>
          </th>
          <td role="cell" class="cell-state">
            <StateBadge job={job} />
            <ExpiredBadge job={job} />
          </td>
          <td role="cell" class="cell-rows">
            {isPending(job) ? (
              <JobProgress job={job} pace={paces.of(job.id)} label={`Progress of ${jobTitle(job)}`} />
            ) : (
              <Counts job={job} />
            )}
          </td>
          <td role="cell" class="cell-time">
            <Time at={job.dateCreated} />
          </td>
          <td role="cell" class="cell-files">
            {isPending(job) ? (
              <CancelJob tenant={tenant} job={job} onCancelled={onChanged} isSmall />
            ) : (
              <FileLinks tenant={tenant} job={job} />
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

function Counts({ job }: { job: ImportJob }) {
  const counts = outcomeCounts(job.type, job.stats);
  return (
    <>
      <p class="row-total">{formatCount(job.stats?.recordsProcessed ?? 0, 'row')}</p>
      <OutcomeBar counts={counts} />
      <ul class="counts">
        {counts
          .filter(({ count }) => count > 0)
          .map(({ outcome, label, count }) => (
            <li key={outcome} class={`count-${outcome}`}>
              {formatNumber(count)} {label.toLowerCase()}
            </li>
          ))}
      </ul>
    </>
  );
}
