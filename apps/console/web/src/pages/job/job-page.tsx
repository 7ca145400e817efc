import { useRoute } from 'preact-iso';
import { Empty } from '../../components/empty.tsx';
import { LoadedView } from '../../components/loaded-view.tsx';
import { Page } from '../../components/page.tsx';
import { ExpiredBadge, StateBadge } from '../../components/state-badge.tsx';
import { useJob } from '../../hooks/use-job.ts';
import { jobsAddress } from '../../text/addresses.ts';
import { fileName, isPending, jobTitle, typeLabel } from '../../text/job-words.ts';
import { CancelJob } from './cancel-job.tsx';
import { DeleteJob } from './delete-job.tsx';
import { JobView } from './job-view.tsx';

/** One job. A different one is a different page. */
export function JobPage() {
  const { tenant = '', id = '' } = useRoute().params;
  return <KnownJobPage key={id} tenant={tenant} id={id} />;
}

function KnownJobPage({ tenant, id }: { tenant: string; id: string }) {
  const { pace, ...loaded } = useJob(tenant, id);
  const job = loaded.value;
  if (loaded.error?.isNotFound) {
    return (
      <Page title="Job not found">
        <Empty icon="search" title="There is no such job">
          <p>
            It was deleted, or the address is not complete. All jobs are on <a href={jobsAddress(tenant)}>Imports &amp; Exports</a>.
          </p>
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title={job === undefined ? 'Job' : jobTitle(job)}
      lead={
        job !== undefined && (
          <p class="job-lead">
            <StateBadge job={job} />
            <ExpiredBadge job={job} />
            <span>
              {typeLabel(job.type)}
              {job.displayName !== '' && ` · ${fileName(job.fileRef)}`}
            </span>
          </p>
        )
      }
      actions={
        job !== undefined &&
        (isPending(job) ? <CancelJob tenant={tenant} job={job} onCancelled={loaded.replace} /> : <DeleteJob tenant={tenant} job={job} />)
      }
    >
      <LoadedView of={loaded} failure="The job could not be loaded" lines={8}>
        {(value) => <JobView tenant={tenant} job={value} pace={pace} onChanged={loaded.replace} />}
      </LoadedView>
    </Page>
  );
}
