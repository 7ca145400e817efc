import { useLocation, useRoute } from 'preact-iso';
import { useRef } from 'preact/hooks';
import { listJobs } from '../../api/jobs.ts';
import { LoadedView } from '../../components/loaded-view.tsx';
import { Page } from '../../components/page.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { Paces } from '../../progress/paces.ts';
import { importAddress, jobsAddress } from '../../text/addresses.ts';
import { filterQuery, isFiltered, readFilter } from '../../text/job-filter.ts';
import { isPending } from '../../text/job-words.ts';
import { FilterForm } from './filter-form.tsx';
import { JobsTable } from './jobs-table.tsx';
import { NoJobs } from './no-jobs.tsx';

const pageSize = 20;
/** While a job moves its progress should be seen to move; else new jobs should come up by and by. */
const [movingMs, restingMs] = [1000, 10_000];

/** All jobs of the tenant, newest first. What it shows is in its address. */
export function JobsPage() {
  const { tenant = '' } = useRoute().params;
  const { query, route } = useLocation();
  const filter = readFilter(query);
  const pageToken = query.page ?? '';
  const paces = useRef(new Paces()).current;

  const jobs = useLoad(
    async (signal) => {
      const page = await listJobs(tenant, { ...filterQuery(filter), pageSize, pageToken }, signal);
      paces.note(page.importJobs, Date.now());
      return page;
    },
    [tenant, JSON.stringify(filter), pageToken],
    ({ importJobs }) => (importJobs.some(isPending) ? movingMs : restingMs),
  );

  return (
    <Page
      title="Imports & Exports"
      lead="Every job, newest first."
      actions={
        <a class="button button-primary" href={importAddress(tenant)}>
          New import
        </a>
      }
    >
      <FilterForm filter={filter} onChange={(changed) => route(jobsAddress(tenant, { ...changed }), true)} />
      <LoadedView of={jobs} failure="The jobs could not be loaded" lines={8}>
        {({ importJobs, nextPageToken }) => (
          <>
            {importJobs.length === 0 ? (
              <NoJobs tenant={tenant} isFiltered={isFiltered(filter)} />
            ) : (
              <JobsTable tenant={tenant} jobs={importJobs} paces={paces} onChanged={jobs.reload} />
            )}
            {(pageToken !== '' || nextPageToken !== '') && (
              <nav class="pager" aria-label="Pages of jobs">
                {pageToken !== '' && (
                  <a class="button" href={jobsAddress(tenant, { ...filter })}>
                    Newest
                  </a>
                )}
                {nextPageToken !== '' && (
                  <a class="button" href={jobsAddress(tenant, { ...filter, page: nextPageToken })}>
                    Older
                  </a>
                )}
              </nav>
            )}
          </>
        )}
      </LoadedView>
    </Page>
  );
}
